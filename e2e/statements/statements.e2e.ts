import type { Ports } from '@plaza/calls/call-client';
import { countingStatements } from '@plaza/db/statements';
import { inProcess } from '@plaza/testing/run-in-process';
import { startWorld, type World } from '@plaza/testing/world';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { rooms } from '../rooms.js';

let world: World;
/** Statements of what the gateway asked, with all that subgraphs asked each other for it; relays and sweepers do not count. */
let sent = 0;

/** The gateway tells now and then which sessions it has seen, and asks each second which have ended, whoever asks for what. */
const BY_THE_CLOCK = new Set(['accounts.sessionsSeen', 'accounts.revokedSessions']);

async function counted<T>(work: () => Promise<T>): Promise<T> {
  const { result, statements } = await countingStatements(work);
  sent += statements;
  return result;
}

const counting =
  (ports: Ports): Ports =>
  (name) => {
    const port = ports(name);
    return (
      port && {
        name: port.name,
        execute: (request, assertion) => counted(() => port.execute(request, assertion)),
        subscribe: (request, assertion) => port.subscribe(request, assertion),
        call: (call, input, assertion) =>
          BY_THE_CLOCK.has(call) ? port.call(call, input, assertion) : counted(() => port.call(call, input, assertion)),
        deliver: (events, assertion) => port.deliver(events, assertion),
        ready: () => port.ready(),
      }
    );
  };

beforeAll(async () => {
  world = await startWorld(inProcess({ ...rooms, gateway: (options) => rooms.gateway({ ...options, ports: counting(options.ports) }) }));
});
afterAll(async () => {
  vi.useRealTimers();
  await world.stop();
});

it('sends as many SQL statements for a home page of 100 posts as for one of 1 or 20', async () => {
  const [reader, ...authors] = await world.people('reader', ...Array.from({ length: 10 }, (_, n) => `author${n}`));
  for (const author of authors) await reader.follows(author);
  for (let n = 0; n < 12; n += 1) {
    for (const [index, author] of authors.entries()) {
      const postId = await author.publishes(`post ${n}`);
      const friend = authors[(index + 1) % authors.length];
      await friend?.likes(postId);
      await friend?.comments(postId, 'one');
      await reader.comments(postId, 'two');
    }
  }
  await world.settled();
  // What is known of people stays fresh while the clock stands.
  vi.useFakeTimers({ toFake: ['Date'] });
  const statements = async (first: number): Promise<number> => {
    sent = 0;
    expect(await reader.home(first)).toHaveLength(first);
    return sent;
  };
  for (const first of [1, 20, 100]) await statements(first);
  const counts = [await statements(1), await statements(20), await statements(100)];
  expect(counts[0], counts.join(' ')).toBeGreaterThan(5);
  expect(new Set(counts), counts.join(' ')).toEqual(new Set([counts[0]]));
});
