import type { EventEnvelope } from '@plaza/events/envelope';
import { newId } from '@plaza/kernel/id';
import type { Audience } from '@plaza/visibility/can-see';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FeedWorld } from './feed-world.js';
import type { Truth } from './truth.js';

/** Pulled from four followers on, pushed again below 2.4; timelines hold four entries and are trimmed to three; slices of two readers. */
const CONFIG = { pushMaxFollowers: 3, timelineCapacity: 4, readersPerSlice: 2 };
const PEOPLE = 6;

/** Each takes one or two seconds; more of them by FC_RUNS. */
const RUNS = Number(process.env['FC_RUNS'] ?? 10);

let world: FeedWorld;
beforeAll(async () => {
  world = await FeedWorld.open(CONFIG);
});
afterAll(() => world.close());

const person = fc.nat(PEOPLE - 1);
const post = fc.nat(30);
const audience = fc.constantFrom<Audience>('PUBLIC', 'FOLLOWERS', 'ONLY_ME');
const language = fc.constantFrom(null, 'en', 'vi');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('publish' as const), who: person, audience, language }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('repost' as const), who: person, post }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('undo' as const), who: person, post }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), post }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restore' as const), post }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('edit' as const), post, audience }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('follow' as const),
      who: person,
      whom: person,
      reposts: fc.boolean(),
      languages: fc.constantFrom<string[]>([], [], ['en'], ['en', 'vi']),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unfollow' as const), who: person, whom: person }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), who: person }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What owners publish because of a step; nothing when it makes no sense now. */
function happen(truth: Truth, people: readonly string[], one: Exclude<Step, { do: 'read' }>, at: Date): readonly EventEnvelope[] {
  const who = 'who' in one ? (people[one.who] ?? '') : '';
  const chosen = 'post' in one ? [...truth.posts.values()][one.post % Math.max(1, truth.posts.size)] : undefined;
  switch (one.do) {
    case 'publish':
      return [truth.publish(who, at, one)];
    case 'follow': {
      const whom = people[one.whom] ?? '';
      return whom === who ? [] : [truth.follow(who, whom, at, { reposts: one.reposts, languages: one.languages })];
    }
    case 'unfollow': {
      const whom = people[one.whom] ?? '';
      return truth.followOf(who, whom) === undefined ? [] : [truth.unfollow(who, whom)];
    }
    case 'repost':
      return chosen === undefined || chosen.isDeleted || truth.reposts.has(`${chosen.postId} ${who}`)
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

const isOfContent = ({ type }: EventEnvelope): boolean => ['post.published', 'post.edited', 'post.deleted', 'post.restored'].includes(type);

it(
  'keeps timelines that say what the definition says, whatever happens in whatever order',
  { timeout: 120_000 + RUNS * 10_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 30, maxLength: 90, size: 'max' }),
        fc.infiniteStream(fc.nat(3)),
        async (steps, chance) => {
          await world.pool.query('TRUNCATE followee, feed_item, author_mode, reader, timeline_entry, refresh_task, inbox');
          const truth = Object.assign(world.truth, { posts: new Map(), follows: new Map(), reposts: new Map() });
          world.newEpoch();
          const people = Array.from({ length: PEOPLE }, newId);
          const start = Date.parse('2026-10-01T00:00:00Z');
          // Two owners, each with its own order and its own delay, who deliver at the same moment.
          const queues: [EventEnvelope[], EventEnvelope[]] = [[], []];
          async function deliverSome(all: boolean): Promise<void> {
            const batches = queues
              .map((queue) => queue.splice(0, all ? queue.length : chance.next().value))
              .filter((batch) => batch.length > 0);
            const isRepeated = chance.next().value === 0;
            for (let round = 0; round < (isRepeated ? 2 : 1); round += 1) {
              await Promise.all(batches.map((batch) => world.deliver(...batch)));
            }
          }
          let time = start;
          for (const one of steps) {
            // Some things happen within one millisecond.
            time += chance.next().value === 0 ? 0 : 1_000;
            if (one.do === 'read') await world.home(people[one.who] ?? '', { first: 3 });
            else for (const event of happen(truth, people, one, new Date(time))) queues[isOfContent(event) ? 0 : 1].push(event);
            await deliverSome(false);
          }
          await deliverSome(true);
          world.newEpoch();
          await world.settled();

          const { rows } = await world.pool.query<{ author_id: string; mode: string; follower_count: number }>(
            'SELECT author_id, mode, follower_count FROM author_mode',
          );
          const pulled = new Set(rows.filter(({ mode }) => mode === 'PULL').map(({ author_id: authorId }) => authorId));
          for (const row of rows) expect(row.follower_count).toBe(truth.followerCount(row.author_id));
          for (const userId of people) {
            await expectTimeline(userId, pulled);
            const expected = truth.homeOf(userId).map(({ postId, actorId, at }) => ({ postId, actorId, insertedAt: at }));
            const kept = await world.wholeHome(userId, 3);
            expect(kept.map(({ postId, actorId, insertedAt }) => ({ postId, actorId, insertedAt }))).toEqual(expected);
          }
          await world.settled();
          const before = new Map<string, unknown>();
          for (const userId of people) before.set(userId, await world.wholeHome(userId, 4));
          await world.flushTimelines();
          for (const userId of people) expect(await world.wholeHome(userId, 4)).toEqual(before.get(userId));
          await world.settled();
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
  },
);

/** A kept timeline is the definition over pushed actors, from its horizon on; nothing of a pulled actor stands in it. */
async function expectTimeline(userId: string, pulled: ReadonlySet<string>): Promise<void> {
  const { rows } = await world.pool.query<{ horizon: Date | null; id: string }>(
    `SELECT nullif(horizon_at, '-infinity') AS horizon, horizon_id AS id FROM reader WHERE user_id = $1 AND built_at IS NOT NULL`,
    [userId],
  );
  const [reader] = rows;
  if (reader === undefined) return;
  const { horizon } = reader;
  const isWithin = ({ at, postId }: { readonly at: string; readonly postId: string }): boolean =>
    horizon === null || at > horizon.toISOString() || (at === horizon.toISOString() && postId >= reader.id);
  const entries = await world.entriesOf(userId);
  const expected = world.truth.homeOf(userId, (actorId) => !pulled.has(actorId)).filter(isWithin);
  expect(entries.map(({ post_id: postId, actor_id: actorId, kind, at }) => ({ postId, actorId, kind, at: at.toISOString() }))).toEqual(
    expected,
  );
  expect(entries.length).toBeLessThanOrEqual(CONFIG.timelineCapacity);
}
