import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Assertions } from '@plaza/auth/assertion';
import { type Database, openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { createLogger } from '@plaza/telemetry/logger';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { on, type Reaction } from './consumer.js';
import type { Destination } from './door-carrier.js';
import type { EventEnvelope } from './envelope.js';
import { defineEvent, field } from './event-contract.js';
import { OutOfOrder, takeEffect } from './inbox.js';
import { laneOf, Outbox } from './outbox.js';
import { type Relay, startRelay } from './relay.js';
import { forgetSince, position, rewind } from './replay.js';
import { dropDays, forgetReceived, makeDays } from './retention.js';

const moved = defineEvent('messaging', 'thing.moved', 'thingId', z.object({ thingId: field.id(), step: field.revision() }));
const dusted = defineEvent('messaging', 'thing.dusted', 'thingId', z.object({ thingId: field.id() }));
const logger = createLogger('silent', 'test');
const assertions = new Assertions(Buffer.alloc(32, 7));

let databases: TestDatabases<'messaging' | 'commerce'>;
let owner: Database<unknown>;
let consumer: Database<unknown>;
let relays: Relay[];

/** What took effect at the consumer, in order. */
let effects: { thingId: string; step: number }[];
const react: Reaction = on(moved, async ({ thingId, step }, tx) => {
  await tx.sql`SELECT 1`;
  tx.afterCommit(() => effects.push({ thingId, step }));
});
const taking: Destination = { deliver: (events) => takeEffect(events, [react], consumer) };

function relay(feed: Destination | undefined, social?: Destination): Relay {
  const started = startRelay({
    name: 'messaging',
    database: owner,
    ports: (name) => (name === 'feed' ? feed : social),
    assertions,
    logger,
    subscriptions: social === undefined ? { feed: [moved.type] } : { feed: [moved.type], social: [moved.type] },
  });
  relays.push(started);
  return started;
}

async function move(thingId: string, step: number, wake: () => void = () => {}): Promise<void> {
  await owner.transaction(async (tx) => new Outbox(wake).append(tx, moved, { thingId, step }));
}

const open = (url: string): Database<unknown> => openDatabase({ url, prisma: () => ({ $disconnect: async () => {} }) });
const stepsOf = (thingId: string): number[] => effects.filter((effect) => effect.thingId === thingId).map(({ step }) => step);

beforeAll(async () => {
  databases = await createDatabases(['messaging', 'commerce']);
  owner = open(databases.urls.messaging);
  consumer = open(databases.urls.commerce);
});

beforeEach(async () => {
  relays = [];
  effects = [];
  await owner.sql`TRUNCATE outbox, outbox_position`;
  await consumer.sql`TRUNCATE inbox`;
});

afterEach(async () => {
  await Promise.all(relays.map((each) => each.stop()));
});

afterAll(async () => {
  await Promise.all([owner.close(), consumer.close()]);
  await databases.drop();
});

describe('the relay', () => {
  it('brings events of one key in the order of their making', async () => {
    const thing = newId();
    const feed = relay(taking);
    for (let step = 1; step <= 30; step += 1) await move(thing, step, feed.wake);
    await feed.drained();

    expect(stepsOf(thing)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });

  it('brings more than a batch', async () => {
    const thing = newId();
    await owner.transaction(async (tx) => {
      for (let step = 1; step <= 450; step += 1) await new Outbox(() => {}).append(tx, moved, { thingId: thing, step });
    });
    await relay(taking).drained();

    expect(stepsOf(thing)).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
  });

  it('passes over what the consumer does not want', async () => {
    const thing = newId();
    await owner.transaction(async (tx) => new Outbox(() => {}).append(tx, dusted, { thingId: thing }));
    await move(thing, 1);
    await relay(taking).drained();

    expect(effects).toEqual([{ thingId: thing, step: 1 }]);
  });

  it('does not skip what was begun before and committed after', async () => {
    const [slow, quick] = [newId(), newId()];
    const feed = relay(taking);
    const held = withResolvers();
    const begun = withResolvers();
    const late = owner.transaction(async (tx) => {
      await new Outbox(() => {}).append(tx, moved, { thingId: slow, step: 1 });
      begun.resolve();
      await held.promise;
    });
    await begun.promise;
    await move(quick, 1, feed.wake);
    await feed.drained();
    expect(stepsOf(quick)).toEqual([1]);
    expect(stepsOf(slow)).toEqual([]);

    held.resolve();
    await late;
    await feed.drained();
    expect(stepsOf(slow)).toEqual([1]);
  });

  it('keeps the order of a key although the later writer had the earlier transaction', async () => {
    const thing = newId();
    await relay(taking).drained();
    const hasNumber = withResolvers();
    const mayGo = withResolvers();
    const second = owner.transaction(async (tx) => {
      await tx.sql`SELECT pg_current_xact_id()`;
      hasNumber.resolve();
      await mayGo.promise;
      await tx.sql`SELECT pg_advisory_xact_lock(1)`;
      await new Outbox(() => {}).append(tx, moved, { thingId: thing, step: 2 });
    });
    await hasNumber.promise;
    await owner.transaction(async (tx) => {
      await tx.sql`SELECT pg_advisory_xact_lock(1)`;
      await new Outbox(() => {}).append(tx, moved, { thingId: thing, step: 1 });
      mayGo.resolve();
      await pause(20);
    });
    await second;
    await relays[0]?.drained();

    expect(stepsOf(thing)).toEqual([1, 2]);
  });

  it('brings what a killed relay left, and what it had brought once only', async () => {
    const thing = newId();
    for (let step = 1; step <= 3; step += 1) await move(thing, step);
    // Everything takes effect, then the relay dies before it can say so.
    const dying = relay({
      deliver: async (events) => {
        await taking.deliver(events, '');
        await new Promise(() => {});
      },
    });
    await vi.waitFor(() => expect(effects).toHaveLength(3));
    await dying.stop();
    await move(thing, 4);
    await relay(taking).drained();

    expect(stepsOf(thing)).toEqual([1, 2, 3, 4]);
  });

  it('tries a consumer that fails until it takes what it is given', async () => {
    const thing = newId();
    let tries = 0;
    const feed = relay({
      deliver: async (events) => {
        tries += 1;
        if (tries < 3) throw new Error('not now');
        await taking.deliver(events, '');
      },
    });
    await move(thing, 1, feed.wake);
    await vi.waitFor(() => expect(stepsOf(thing)).toEqual([1]), 60_000);

    expect(tries).toBe(3);
  });

  it.each([
    ['broken', { deliver: () => Promise.reject(new Error('broken')) }],
    ['silent', { deliver: () => new Promise<void>(() => {}) }],
  ])('does not let a %s consumer hold another up', async (_how, social) => {
    const thing = newId();
    const both = relay(taking, social);
    await move(thing, 1, both.wake);
    await move(thing, 2, both.wake);

    await vi.waitFor(() => expect(stepsOf(thing)).toEqual([1, 2]), 60_000);
  });

  it('waits for nobody who is not there', async () => {
    const away = relay(undefined);
    await move(newId(), 1, away.wake);
    await away.drained();

    expect(effects).toEqual([]);
  });

  it('goes on with the other lanes when one fails', async () => {
    const [bad, good] = [uuidInLane(0), uuidInLane(1)];
    const feed = relay({
      deliver: async (events) => {
        if (events.some(({ key }) => key === bad)) throw new Error('poison');
        await taking.deliver(events, '');
      },
    });
    await move(bad, 1, feed.wake);
    await move(good, 1, feed.wake);
    await move(good, 2, feed.wake);
    await feed.drained();

    expect(stepsOf(good)).toEqual([1, 2]);
    expect(stepsOf(bad)).toEqual([]);
  });

  it('is one of several that share the lanes without repeating or mixing up', async () => {
    const things = Array.from({ length: 8 }, () => newId());
    const delivered: EventEnvelope[] = [];
    const counting: Destination = {
      deliver: async (events) => {
        delivered.push(...events);
        await taking.deliver(events, '');
      },
    };
    const both = [relay(counting), relay(counting)];
    for (let step = 1; step <= 20; step += 1) await Promise.all(things.map((thing, index) => move(thing, step, both[index % 2]?.wake)));
    await both[0]?.drained();

    for (const thing of things) expect(stepsOf(thing)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(delivered).toHaveLength(160);
  });

  it('signs what it delivers, for the consumer and for nobody else', async () => {
    const seen: { events: readonly EventEnvelope[]; assertion: string }[] = [];
    const feed = relay({ deliver: async (events, assertion) => void seen.push({ events, assertion }) });
    await move(newId(), 1, feed.wake);
    await feed.drained();

    const [visit] = seen;
    expect(assertions.verify(visit?.assertion ?? '', 'feed', JSON.stringify(visit?.events))).toMatchObject({
      issuer: 'messaging',
      viewer: null,
    });
    expect(() => assertions.verify(visit?.assertion ?? '', 'social', JSON.stringify(visit?.events))).toThrow();
  });

  it('brings every event once and in order, whatever commits, fails and dies in between', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('move' as const), thing: fc.nat(3) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), thing: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('break' as const), thing: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), thing: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold' as const), thing: fc.nat(3) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        effects = [];
        const things = Array.from({ length: 4 }, () => newId());
        const counts = things.map(() => 0);
        let failures = 0;
        const flaky: Destination = {
          deliver: async (events) => {
            // Half of the time the failure comes after the effect.
            if (failures > 0 && failures % 2 === 0) await taking.deliver(events, '');
            if (failures > 0) {
              failures -= 1;
              throw new Error('flaky');
            }
            await taking.deliver(events, '');
          },
        };
        let running = relay(flaky);
        const open: Promise<void>[] = [];
        for (const { kind, thing } of steps) {
          const thingId = things[thing] ?? '';
          if (kind === 'move') {
            counts[thing] = (counts[thing] ?? 0) + 1;
            await move(thingId, counts[thing], running.wake);
          } else if (kind === 'undo') {
            await owner
              .transaction(async (tx) => {
                await new Outbox(running.wake).append(tx, moved, { thingId, step: 999 });
                throw new Error('changed my mind');
              })
              .catch(() => {});
          } else if (kind === 'break') {
            failures = 2;
          } else if (kind === 'kill') {
            await running.stop();
            running = relay(flaky);
          } else {
            // A thing of its own, whose transaction stays open over the next steps.
            const other = newId();
            things.push(other);
            counts.push(1);
            const begun = withResolvers();
            open.push(
              owner.transaction(async (tx) => {
                await new Outbox(running.wake).append(tx, moved, { thingId: other, step: 1 });
                begun.resolve();
                await pause(15);
              }),
            );
            await begun.promise;
          }
        }
        await Promise.all(open);
        failures = 0;
        await running.drained();
        await running.stop();
        things.forEach((thingId, index) => expect(stepsOf(thingId)).toEqual(Array.from({ length: counts[index] ?? 0 }, (_, at) => at + 1)));
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

describe('an event', () => {
  const event = (thingId: string): EventEnvelope => ({
    id: newId(),
    type: moved.type,
    key: thingId,
    occurredAt: new Date().toISOString(),
    payload: { thingId, step: 1 },
  });

  it('takes effect once, delivered twice, in one batch twice, and twice at the same time', async () => {
    const [one, two] = [event(newId()), event(newId())];
    await takeEffect([one, one], [react], consumer);
    await takeEffect([one], [react], consumer);
    await Promise.all([takeEffect([two], [react], consumer), takeEffect([two], [react], consumer)]);

    expect(effects).toHaveLength(2);
  });

  it('waits with all that came along where two of one key came the wrong way round, and is due in order then', async () => {
    const thing = newId();
    const [other, first, second] = [
      { ...event(newId()), number: 9 },
      { ...event(thing), number: 3 },
      { ...event(thing), number: 7 },
    ];
    await expect(takeEffect([other, second, first], [react], consumer)).rejects.toThrow(OutOfOrder);
    expect(effects).toHaveLength(0);
    await takeEffect([other, first, first, second], [react], consumer);

    expect(effects.map(({ thingId }) => thingId)).toEqual([other.key, thing, thing]);
  });

  it('is noted only if its effect is', async () => {
    const one = event(newId());
    const failing: Reaction = { type: moved.type, react: () => Promise.reject(new Error('no')) };
    await expect(takeEffect([one], [failing], consumer)).rejects.toThrow('no');
    await takeEffect([one], [react], consumer);

    expect(effects).toHaveLength(1);
  });

  it('is refused, not lost, where nobody reacts to its type', async () => {
    await expect(takeEffect([event(newId())], [], consumer)).rejects.toThrow('nobody here reacts');
  });
});

describe('a read model built anew', () => {
  it('gets everything since the position again, and nothing from before', async () => {
    const thing = newId();
    const feed = relay(taking);
    await move(thing, 1, feed.wake);
    await feed.drained();
    const [row] = await consumer.sql<{ now: Date }>`SELECT clock_timestamp() AS now`;
    const at = await position(owner);
    await move(thing, 2, feed.wake);
    await move(thing, 3, feed.wake);
    await feed.drained();
    effects = [];
    await consumer.transaction((tx) => forgetSince(tx, row?.now ?? new Date(0)));
    await rewind(owner, 'feed', at);
    await feed.drained();

    expect(stepsOf(thing)).toEqual([2, 3]);
  });

  it('passes over nothing when the position is ahead of what was delivered', async () => {
    const thing = newId();
    await relay(undefined).drained();
    await relays[0]?.stop();
    await move(thing, 1);
    await rewind(owner, 'feed', await position(owner));
    await relay(taking).drained();

    expect(stepsOf(thing)).toEqual([1]);
  });
});

describe('the days of the outbox', () => {
  const day = 24 * 60 * 60 * 1_000;
  const partitions = async (): Promise<string[]> =>
    (
      await owner.sql<{
        name: string;
      }>`SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'outbox'::regclass ORDER BY 1`
    ).map(({ name }) => name);

  it('are made ahead, today and tomorrow, any number of times', async () => {
    await makeDays(owner, new Date('2030-01-31T23:59:59Z'));
    await makeDays(owner, new Date('2030-01-31T23:59:59Z'));

    expect(await partitions()).toEqual(expect.arrayContaining(['outbox_2030_01_31', 'outbox_2030_02_01']));
  });

  it('turn no writer away while they are made', async () => {
    const today = `outbox_${new Date().toISOString().slice(0, 10).replaceAll('-', '_')}`;
    await owner.sql`TRUNCATE outbox`;
    await owner.transaction(async (tx) => {
      await tx.sql`SELECT set_config('plaza.partition', ${today}, true)`;
      await tx.sql`DO $$ BEGIN EXECUTE format('DROP TABLE IF EXISTS %I', current_setting('plaza.partition')); END $$`;
    });
    // One writer is in the default partition and changes its mind; the day is made and a second writer comes while it is there.
    let isIn = false;
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    const first = owner.transaction(async (tx) => {
      await new Outbox(() => {}).append(tx, moved, { thingId: newId(), step: 1 });
      isIn = true;
      await left;
      throw new Error('changed its mind');
    });
    const undone = first.catch((error: unknown) => (error instanceof Error ? error.message : 'something else'));
    await vi.waitUntil(() => isIn);
    let isMade = false;
    const making = makeDays(owner, new Date()).then(() => (isMade = true));
    const isWaiting = async (): Promise<boolean> => {
      const waiting = await owner.sql`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return isMade || waiting.length > 0;
    };
    await vi.waitUntil(isWaiting, { timeout: 15_000 });
    const second = move(newId(), 1);
    leave();
    expect(await undone).toBe('changed its mind');
    await Promise.all([making, second]);

    expect(await partitions()).toContain(today);
  });

  it('leave a day where it is that began in the default partition', async () => {
    const at = new Date('2031-05-05T12:00:00Z');
    await owner.sql`INSERT INTO outbox (id, lane, key, type, payload, created_at) VALUES (${randomUUID()}, 0, ${randomUUID()}, 'x', '{}', ${at})`;
    await makeDays(owner, at);

    expect(await partitions()).not.toContain('outbox_2031_05_05');
    expect(await partitions()).toContain('outbox_2031_05_06');
  });

  it('go after a week, but not before every consumer has seen them', async () => {
    const old = new Date(Date.now() - 9 * day);
    const name = `outbox_${old.toISOString().slice(0, 10).replaceAll('-', '_')}`;
    await makeDays(owner, old);
    const key = newId();
    await owner.sql`INSERT INTO outbox (id, lane, key, type, payload, created_at) VALUES (${newId()}, ${laneOf(key)}, ${key}, ${moved.type}, ${{ thingId: key, step: 1 }}, ${old})`;
    const away = relay(undefined);
    await away.drained();
    await away.stop();
    await dropDays(owner, ['feed'], new Date());
    expect(await partitions()).toContain(name);

    const feed = relay(taking);
    await feed.drained();
    await vi.waitFor(async () => {
      await dropDays(owner, ['feed'], new Date());
      expect(await partitions()).not.toContain(name);
    });
    expect(effects).toHaveLength(1);
  });

  it('outlive nothing in the inbox', async () => {
    await consumer.sql`INSERT INTO inbox (event_id, received_at) VALUES (${newId()}, ${new Date(Date.now() - 9 * day)}), (${newId()}, ${new Date()})`;
    await forgetReceived(consumer, new Date());

    expect(await consumer.sql`SELECT 1 FROM inbox`).toHaveLength(1);
  });
});

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

function uuidInLane(lane: number): string {
  for (;;) {
    const id = newId();
    if (laneOf(id) === lane) return id;
  }
}
