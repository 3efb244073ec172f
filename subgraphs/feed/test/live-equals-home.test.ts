import type { EventEnvelope } from '@plaza/events/envelope';
import { newId } from '@plaza/kernel/id';
import type { Audience } from '@plaza/visibility/can-see';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FeedWorld } from './feed-world.js';
import type { LiveFeed } from './live-feed.js';

/** Pulled from four followers on, pushed again below 2.4; slices of two readers. */
const CONFIG = { pushMaxFollowers: 3, readersPerSlice: 2 };
const PEOPLE = 6;
const WATCHERS = 3;

let world: FeedWorld;
beforeAll(async () => {
  world = await FeedWorld.open(CONFIG);
  world.isStrict = true;
});
afterAll(() => world.close());

const person = fc.nat(PEOPLE - 1);
const post = fc.nat(30);
const audience = fc.constantFrom<Audience>('PUBLIC', 'PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME');
const step = fc.oneof(
  { weight: 7, arbitrary: fc.record({ do: fc.constant('publish' as const), who: person, audience }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('repost' as const), who: person, post }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const), who: person, post }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), post }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restore' as const), post }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), post, audience }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('follow' as const), who: person, whom: person, reposts: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('unfollow' as const), who: person, whom: person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('block' as const), who: person, whom: person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unblock' as const), who: person, whom: person }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('drop' as const), watcher: fc.nat(WATCHERS - 1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('connect' as const), watcher: fc.nat(WATCHERS - 1) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Deed = Exclude<Step, { do: 'drop' | 'connect' }>;

/** What owners publish because of a step; nothing when it makes no sense now. */
function happen(people: readonly string[], one: Deed, at: Date): readonly EventEnvelope[] {
  const { truth } = world;
  const who = 'who' in one ? (people[one.who] ?? '') : '';
  const whom = 'whom' in one ? (people[one.whom] ?? '') : '';
  const chosen = 'post' in one ? [...truth.posts.values()][one.post % Math.max(1, truth.posts.size)] : undefined;
  const isApart = world.blocks.has(`${who} ${whom}`) || world.blocks.has(`${whom} ${who}`);
  switch (one.do) {
    case 'publish':
      return [truth.publish(who, at, one)];
    case 'follow':
      return whom === who || isApart ? [] : [truth.follow(who, whom, at, { reposts: one.reposts, languages: [] })];
    case 'unfollow':
      return truth.followOf(who, whom) === undefined ? [] : [truth.unfollow(who, whom)];
    case 'block': {
      if (whom === who || isApart) return [];
      world.blocks.add(`${who} ${whom}`);
      const ends = [who, whom].flatMap((a, index, both) => {
        const b = both[1 - index] ?? '';
        return truth.followOf(a, b) === undefined ? [] : [truth.unfollow(a, b)];
      });
      return [...ends, truth.block(who, whom)];
    }
    case 'unblock':
      return world.blocks.delete(`${who} ${whom}`) ? [truth.unblock(who, whom)] : [];
    case 'repost':
      return chosen === undefined || chosen.isDeleted || chosen.audience !== 'PUBLIC' || truth.reposts.has(`${chosen.postId} ${who}`)
        ? []
        : [truth.repost(who, chosen.postId, at)];
    case 'undo':
      return chosen === undefined || !truth.reposts.has(`${chosen.postId} ${who}`) ? [] : [truth.undoRepost(who, chosen.postId)];
    case 'delete':
      return chosen === undefined || chosen.isDeleted ? [] : [truth.delete(chosen.postId)];
    case 'restore':
      return chosen === undefined || !chosen.isDeleted ? [] : [truth.restore(chosen.postId)];
    case 'edit':
      return chosen === undefined || chosen.isDeleted ? [] : [truth.edit(chosen.postId, one.audience)];
  }
}

/** Somebody's app: reads the feed once, then lives on what it is told, over connections that break. */
class App {
  readonly held = new Set<string>();
  readonly #userId: string;
  #cursor = '';
  #socket: LiveFeed | null = null;
  #taken = 0;
  readonly story: string[] = [];

  constructor(userId: string) {
    this.#userId = userId;
  }

  async read(): Promise<void> {
    const { liveCursor } = await world.home(this.#userId);
    this.held.clear();
    for (const { postId } of await world.wholeHome(this.#userId)) this.held.add(postId);
    this.#cursor = liveCursor;
    this.story.push(`read ${[...this.held].map((id) => id.slice(-4)).join(' ')}`);
  }

  /** @throws when its line has ended by itself, which nothing here gives cause for: it would hear of nothing any more */
  async connect(): Promise<void> {
    const end = this.#socket?.end ?? null;
    if (end !== null) throw new Error(`the line of ${this.#userId} ended; ${this.story.join(', ')}`, { cause: end.error });
    if (this.#socket !== null) return;
    this.#socket = await world.watch(this.#userId, this.#cursor);
    this.#taken = 0;
  }

  async drop(): Promise<void> {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    await socket.close();
    this.#take(socket);
  }

  /** Whether it was told to read anew. */
  isLost = false;

  look(): void {
    if (this.#socket !== null) this.#take(this.#socket);
  }

  #take(socket: LiveFeed): void {
    for (const { kind, postId, cursor } of socket.told.slice(this.#taken)) {
      this.#taken += 1;
      this.#cursor = cursor;
      this.story.push(`${kind} ${postId.slice(-4)}`);
      if (kind === 'RESYNC') this.isLost = true;
      if (this.isLost) continue;
      if (kind === 'INSERTED') {
        if (this.held.has(postId)) throw new Error(`${postId} came twice: ${this.story.join(', ')}`);
        this.held.add(postId);
      }
      if (kind === 'REMOVED') this.held.delete(postId);
    }
  }
}

it(
  'home at the start and what is told give home at the end, nothing twice, whatever happens and breaks',
  { timeout: 240_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }),
        fc.infiniteStream(fc.nat(3)),
        async (steps, chance) => {
          await world.pool.query(
            'TRUNCATE followee, followee_past, feed_item, feed_item_past, author_mode, reader, reader_log, actor_log, timeline_entry, refresh_task, inbox',
          );
          Object.assign(world.truth, { posts: new Map(), follows: new Map(), reposts: new Map() });
          world.blocks.clear();
          world.newEpoch();
          const people = Array.from({ length: PEOPLE }, newId);
          const apps = people.slice(0, WATCHERS).map((userId) => new App(userId));
          // Two owners, each with its own order and its own delay.
          const queues: [EventEnvelope[], EventEnvelope[]] = [[], []];
          async function deliverSome(isAll: boolean): Promise<void> {
            const batches = queues
              .map((queue) => queue.splice(0, isAll ? queue.length : chance.next().value))
              .filter(({ length }) => length > 0);
            await Promise.all(batches.map((batch) => world.deliver(...batch)));
            if (isAll) await world.settled();
          }
          async function readAnew(): Promise<void> {
            for (const app of apps) {
              app.look();
              if (!app.isLost) continue;
              await app.drop();
              await deliverSome(true);
              app.isLost = false;
              await app.read();
            }
          }
          for (const app of apps) {
            await app.read();
            await app.connect();
          }
          let time = Date.parse('2026-10-01T00:00:00Z');
          for (const one of steps) {
            time += 1_000;
            if (one.do === 'drop') await apps[one.watcher]?.drop();
            else if (one.do === 'connect') await apps[one.watcher]?.connect();
            else {
              const events = happen(people, one, new Date(time));
              if (events.length > 0) world.newEpoch();
              for (const event of events) queues[/^post\.(published|edited|deleted|restored)$/.test(event.type) ? 0 : 1].push(event);
            }
            await deliverSome(false);
            await readAnew();
          }
          await deliverSome(true);
          await world.settled();
          for (const [index, app] of apps.entries()) {
            const userId = people[index] ?? '';
            await app.connect();
            const home = async (): Promise<readonly string[]> => (await world.wholeHome(userId)).map(({ postId }) => postId).toSorted();
            for (let tries = 0; tries < 100; tries += 1) {
              await new Promise((resolve) => setTimeout(resolve, 20));
              await readAnew();
              await app.connect();
              const held = [...app.held].toSorted();
              if (JSON.stringify(held) === JSON.stringify(await home())) break;
            }
            expect({ held: [...app.held].toSorted(), story: app.story }).toEqual({ held: await home(), story: app.story });
            await app.drop();
          }
        },
      ),
      { numRuns: Number(process.env['FC_RUNS'] ?? 8), endOnFailure: true },
    );
  },
);
