import { Assertions } from '@plaza/auth/assertion';
import { type Database, openDatabase } from '@plaza/db/database';
import { unavailable } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import { createLogger } from '@plaza/telemetry/logger';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { on } from './consumer.js';
import type { EventEnvelope } from './envelope.js';
import type { EventBus } from './event-bus.js';
import { defineEvent, field } from './event-contract.js';
import { takeEffect } from './inbox.js';
import { laneOf, Outbox } from './outbox.js';
import { beginAnew } from './position.store.js';
import type { Relay } from './relay.js';
import { forgetSince, position, rewind } from './replay.js';

/** A way of events as the processes of two subgraphs have it. */
export interface BusUnderTest {
  /** What one process has. */
  readonly open: () => EventBus;
  /** Whether it is cut: nothing passes, what was open is broken. */
  isCut: boolean;
  /** What a bus says of itself while it is cut. */
  readonly awayWhenCut: readonly string[];
  /** Puts the consumer right when what it refuses stands where it will stand, and lets it try that again. */
  readonly replay: (putRight: () => void) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A process of the owner and of the consumer. */
export interface Process {
  readonly bus: EventBus;
  readonly relay: Relay;
  /** Facts that were brought to this process, however often. */
  readonly brought: readonly EventEnvelope[];
  readonly stop: () => Promise<void>;
}

/** Ends what a test waits for in vain; nothing is judged by it. */
export const PATIENCE = { timeout: 55_000, interval: 20 };

const moved = defineEvent('messaging', 'thing.moved', 'thingId', z.object({ thingId: field.id(), step: field.revision() }));
const logger = createLogger('silent', 'test');
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** Databases of this test's own, as `createDatabases` makes them. */
type MakeDatabases = (names: readonly ('messaging' | 'commerce')[]) => Promise<Databases>;
interface Databases {
  readonly urls: Readonly<Record<'messaging' | 'commerce', string>>;
  readonly drop: () => Promise<void>;
}

/** Two databases, and the processes that work with them by a bus. */
export class Ground {
  readonly owner: Database<unknown>;
  readonly consumer: Database<unknown>;
  /** What took effect at the consumer, in order. */
  effects: { readonly thingId: string; readonly step: number }[] = [];
  /** Called before each effect; what it throws is the consumer's refusal. */
  refuse: (thingId: string) => void = () => {};
  readonly #databases: Databases;
  #running: Process[] = [];

  private constructor(databases: Databases) {
    const open = (url: string): Database<unknown> => openDatabase({ url, prisma: () => ({ $disconnect: async () => {} }) });
    this.#databases = databases;
    this.owner = open(databases.urls.messaging);
    this.consumer = open(databases.urls.commerce);
  }

  static async make(createDatabases: MakeDatabases): Promise<Ground> {
    return new Ground(await createDatabases(['messaging', 'commerce']));
  }

  start(under: BusUnderTest): Process {
    const bus = under.open();
    const brought: EventEnvelope[] = [];
    const react = on(moved, async ({ thingId, step }, tx) => {
      this.refuse(thingId);
      await tx.sql`SELECT 1`;
      tx.afterCommit(() => this.effects.push({ thingId, step }));
    });
    const take = async (events: readonly EventEnvelope[]): Promise<void> => {
      brought.push(...events);
      await takeEffect(events, [react], this.consumer);
    };
    const relay = bus.relay({
      name: 'messaging',
      database: this.owner,
      ports: (name) => (name === 'feed' && !under.isCut ? { deliver: take } : undefined),
      assertions: new Assertions(Buffer.alloc(32, 7)),
      logger,
      subscriptions: { feed: [moved.type] },
    });
    const taking = bus.take({ name: 'feed', types: [moved.type], take, logger });
    const stop = async (): Promise<void> => {
      this.#running = this.#running.filter((each) => each !== started);
      await Promise.all([relay.stop(), taking.stop()]);
    };
    const started: Process = { bus, relay, brought, stop };
    this.#running.push(started);
    return started;
  }

  async move(thingId: string, step: number): Promise<void> {
    const wake = (): void => this.#running.forEach(({ relay }) => relay.wake());
    await this.owner.transaction(async (tx) => new Outbox(wake).append(tx, moved, { thingId, step }));
  }

  stepsOf(thingId: string): number[] {
    return this.effects.filter((effect) => effect.thingId === thingId).map(({ step }) => step);
  }

  async empty(): Promise<void> {
    await Promise.all(this.#running.map(({ stop }) => stop()));
    await this.owner.sql`TRUNCATE outbox, outbox_position`;
    await this.consumer.sql`TRUNCATE inbox`;
    this.effects = [];
    this.refuse = () => {};
  }

  async close(): Promise<void> {
    await Promise.all([this.owner.close(), this.consumer.close()]);
    await this.#databases.drop();
  }
}

/** What every way of events does: an adapter joins by a call. */
export function eventBusContract(createDatabases: MakeDatabases, open: () => Promise<BusUnderTest>): void {
  describe('a way of events', () => {
    let ground: Ground;
    let under: BusUnderTest;
    beforeAll(async () => {
      ground = await Ground.make(createDatabases);
    });
    beforeEach(async () => {
      under = await open();
    });
    afterEach(async () => {
      under.isCut = false;
      await ground.empty();
      await under.close();
    });
    afterAll(async () => ground.close());

    const until = async (check: () => void): Promise<void> => vi.waitFor(check, PATIENCE);

    it('brings those of one key in the order of their making, whichever process carries them', async () => {
      ground.start(under);
      ground.start(under);
      const things = Array.from({ length: 6 }, () => newId());
      for (let step = 1; step <= 8; step += 1) await Promise.all(things.map((thing) => ground.move(thing, step)));
      await until(() => expect(ground.effects).toHaveLength(48));

      for (const thing of things) expect(ground.stepsOf(thing)).toEqual(upTo(8));
    });

    it('lets each take effect once, however often it is brought', async () => {
      const { bus, brought, relay } = ground.start(under);
      const thing = newId();
      for (const step of upTo(10)) await ground.move(thing, step);
      await until(() => expect(ground.stepsOf(thing)).toEqual(upTo(10)));
      await beginAnew(ground.owner, bus.positionOf('feed'));
      relay.wake();
      await until(() => expect(brought.length).toBeGreaterThanOrEqual(20));
      await ground.move(thing, 11);

      await until(() => expect(ground.stepsOf(thing)).toEqual(upTo(11)));
    });

    it('loses, repeats and mixes up nothing while processes come and go', async () => {
      const things = Array.from({ length: 6 }, () => newId());
      const moveAll = async (from: number, to: number): Promise<void> => {
        for (let step = from; step <= to; step += 1) await Promise.all(things.map((thing) => ground.move(thing, step)));
      };
      const first = ground.start(under);
      await moveAll(1, 3);
      await until(() => expect(first.brought.length).toBeGreaterThan(0));
      ground.start(under);
      await moveAll(4, 6);
      await first.stop();
      await moveAll(7, 9);
      ground.start(under);
      await moveAll(10, 12);
      await until(() => expect(ground.effects.length).toBeGreaterThanOrEqual(72));

      for (const thing of things) expect(ground.stepsOf(thing)).toEqual(upTo(12));
    });

    it('keeps what is written while it is cut, and brings it in order afterwards', async () => {
      const { bus } = ground.start(under);
      const thing = newId();
      await ground.move(thing, 1);
      await until(() => expect(ground.stepsOf(thing)).toEqual([1]));
      under.isCut = true;
      for (const step of [2, 3, 4, 5]) await ground.move(thing, step);
      await until(() => expect(bus.away).toEqual(under.awayWhenCut));
      await until(() => expect(bus.isBehind('feed')).toBe(under.awayWhenCut.length > 0));
      expect(ground.stepsOf(thing)).toEqual([1]);
      under.isCut = false;

      await until(() => expect(ground.stepsOf(thing)).toEqual(upTo(5)));
      await until(() => expect(bus.away).toEqual([]));
      await until(() => expect(bus.isBehind('feed')).toBe(false));
    });

    it('waits for as long as what a consumer needs is away', async () => {
      ground.start(under);
      const thing = newId();
      let tries = 0;
      ground.refuse = () => {
        tries += 1;
        if (tries <= 4) throw unavailable('something else');
      };
      for (const step of [1, 2, 3]) await ground.move(thing, step);

      await until(() => expect(ground.stepsOf(thing)).toEqual([1, 2, 3]));
    });

    it('lets nobody else wait for what a consumer refuses, which takes effect when the consumer has been put right', async () => {
      ground.start(under);
      const things = Array.from({ length: 16 }, () => newId());
      const [bad = ''] = things;
      const others = things.filter((thing) => laneOf(thing) !== laneOf(bad));
      let isWrong = true;
      ground.refuse = (thingId) => {
        if (isWrong && thingId === bad) throw new Error('poison');
      };
      await ground.move(bad, 1);
      for (const thing of others) await ground.move(thing, 1);
      await until(() => others.forEach((thing) => expect(ground.stepsOf(thing)).toEqual([1])));
      expect(ground.stepsOf(bad)).toEqual([]);
      await under.replay(() => {
        isWrong = false;
      });
      await until(() => expect(ground.stepsOf(bad)).toEqual([1]));
    });

    it('brings a read model that is built anew everything since its snapshot again, and nothing from before', async () => {
      const { bus, relay } = ground.start(under);
      const thing = newId();
      await ground.move(thing, 1);
      await until(() => expect(ground.stepsOf(thing)).toEqual([1]));
      const [row] = await ground.consumer.sql<{ now: Date }>`SELECT clock_timestamp() AS now`;
      const at = await position(ground.owner);
      await ground.move(thing, 2);
      await ground.move(thing, 3);
      await until(() => expect(ground.stepsOf(thing)).toEqual([1, 2, 3]));
      ground.effects = [];
      await ground.consumer.transaction((tx) => forgetSince(tx, row?.now ?? new Date(0)));
      await rewind(ground.owner, bus.positionOf('feed'), at);
      relay.wake();
      await until(() => expect(ground.stepsOf(thing)).toEqual([2, 3]));
      await ground.move(thing, 4);

      await until(() => expect(ground.stepsOf(thing)).toEqual([2, 3, 4]));
    });
  });
}
