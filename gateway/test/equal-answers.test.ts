import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EqualAnswers } from '../src/answer/equal-answers.js';
import type { Identity } from '../src/identity/identify.js';
import type { Prepared } from '../src/operations/operations.js';
import type { AdmittedRequest } from '../src/request.js';
import { startWorld, type World } from './world.js';

const [things, people] = ['things', 'people'].map((text): Prepared => ({ text }) as Prepared); // nothing else of them is looked at
const anna: Identity = { userId: 'anna', sessionId: 's1', scopes: ['full'], expiresAt: 0 };
const app = { clientId: 'app', scopes: ['read'] };

function asked(changes: Partial<AdmittedRequest> = {}, identity: Identity | null = anna, of: typeof app | null = null): AdmittedRequest {
  const caller = { identity, app: of, requestId: randomUUID(), address: randomUUID(), userAgent: randomUUID() };
  return { kind: 'admitted', caller, prepared: things ?? ({} as Prepared), variables: { id: 't1' }, epoch: 1, ...changes };
}

/** Counts what is begun; each has an answer of its own. */
function work() {
  const begun: object[] = [];
  const begin = (): Promise<object> => {
    const answer = {};
    begun.push(answer);
    return Promise.resolve(answer);
  };
  return { begun, begin };
}

describe('Equal queries of one turn', () => {
  it('have one answer, whoever sent them from wherever', async () => {
    const [equal, { begun, begin }] = [new EqualAnswers<object>(), work()];
    const all = [1, 2, 3].map(() => equal.ask(asked(), begin));
    expect(all.map(({ isJoined }) => isJoined)).toEqual([false, true, true]);
    expect(await Promise.all(all.map(({ answer }) => answer))).toEqual([begun[0], begun[0], begun[0]]);
    expect(begun).toHaveLength(1);
  });

  it.each<[string, AdmittedRequest]>([
    ['of another operation, or for another audience', asked({ prepared: people ?? ({} as Prepared) })],
    ['with other variables', asked({ variables: { id: 't2' } })],
    ['by somebody else', asked({}, { ...anna, userId: 'binh' })],
    ['by nobody', asked({ epoch: null }, null)],
    ['from another device', asked({}, { ...anna, sessionId: 's2' })],
    ['with other rights', asked({}, { ...anna, scopes: ['read'] })],
    ['by an app', asked({}, anna, app)],
    ['since what they may see has changed', asked({ epoch: 2 })],
    ['that has waited for much longer', asked({ waitedMs: 3_000 })],
  ])('are asked by themselves: one %s', (_what, other) => {
    const [equal, { begun, begin }] = [new EqualAnswers<object>(), work()];
    equal.ask(asked(), begin);
    expect(equal.ask(other, begin).isJoined).toBe(false);
    expect(begun).toHaveLength(2);
  });

  it('end with it: who asks later may know of something newer', async () => {
    const [equal, { begin }] = [new EqualAnswers<object>(), work()];
    equal.ask(asked(), begin);
    await nextTurn();
    expect(equal.ask(asked(), begin).isJoined).toBe(false);
  });
});

describe('Several equal requests at one moment', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    world.fetches.length = 0;
    world.state.dead.clear();
  });

  /** Sent in one piece, they are read in one turn. */
  async function inOnePiece(bodies: readonly object[]): Promise<readonly { readonly head: string; readonly body: string }[]> {
    const socket = connect(world.gateway.port, '127.0.0.1');
    await once(socket, 'connect');
    const sent = bodies.map((body, index) => {
      const text = JSON.stringify(body);
      const last = index === bodies.length - 1 ? 'connection: close\r\n' : '';
      return `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${last}content-length: ${text.length}\r\n\r\n${text}`;
    });
    socket.write(sent.join(''));
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text
      .split('HTTP/1.1 ')
      .slice(1)
      .map((answer) => {
        const [head = '', body = ''] = answer.split('\r\n\r\n');
        return { head, body };
      });
  }
  const header = (name: string, head: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'imu').exec(head)?.[1];

  it('are fetched for once, and each is answered and counted by itself', async () => {
    const query = { query: '{ thing(id: "t1") { title name } }' };
    // A text that is new takes a turn of its own to be read, and what was asked for once is not kept ready.
    for (let time = 0; time < 2; time += 1) await world.post(query.query);
    for (const time of ['third', 'fourth', 'fifth']) {
      world.fetches.length = 0;
      const answers = await inOnePiece([query, query, query]);
      expect(
        answers.map(({ body }) => body),
        time,
      ).toEqual(answers.map(() => '{"data":{"thing":{"title":"Title t1","name":"Name of t1"}}}\n'));
      expect(world.fetches.map(({ subgraph }) => subgraph)).toEqual(['accounts', 'social']);
      expect(new Set(answers.map(({ head }) => header('x-request-id', head))).size).toBe(3);
      const remaining = answers.map(({ head }) => Number(header('ratelimit-remaining', head)));
      expect(remaining.map((left) => left - (remaining[2] ?? 0))).toEqual([2, 1, 0]);
    }
  });

  it('hear of what is away alike', async () => {
    const query = { query: '{ thing(id: "t2") { title name } }' };
    for (let time = 0; time < 2; time += 1) await world.post(query.query);
    world.state.dead.add('social');
    const answers = await inOnePiece([query, query]);
    expect(answers[0]?.body).toContain('"UNAVAILABLE"');
    expect(answers[1]?.body).toBe(answers[0]?.body);
  });

  it('each take effect where they change something', async () => {
    const mutation = { query: 'mutation { open(value: "x") { id } }' };
    await inOnePiece([mutation, mutation]);
    expect(world.fetches.filter(({ subgraph }) => subgraph === 'accounts')).toHaveLength(2);
  });
});
