import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSocial, type Person, type SocialUnderTest } from './social-under-test.js';

let plaza: SocialUnderTest;
beforeAll(async () => {
  plaza = await openSocial();
});
afterAll(() => plaza.close());

const PEOPLE = 4;
const CHANGES = [
  'follow',
  'follow',
  'unfollow',
  'removeFollower',
  'block',
  'unblock',
  'acceptFollowRequest',
  'rejectFollowRequest',
  'cancelFollowRequest',
] as const;

const step = fc.record({
  by: fc.nat(PEOPLE - 1),
  change: fc.constantFrom(...CHANGES),
  to: fc.nat(PEOPLE - 1),
});

interface Seen {
  readonly follows: ReadonlySet<string>;
  readonly blocks: ReadonlySet<string>;
}

async function seen(people: readonly Person[]): Promise<Seen> {
  const ids = people.map(({ uuid }) => uuid);
  const follows = await plaza.sql<{ edge: string }>`
    SELECT follower_id || ' ' || followee_id AS edge FROM follow WHERE follower_id = ANY(${ids}::uuid[])`;
  const blocks = await plaza.sql<{
    edge: string;
  }>`SELECT blocker_id || ' ' || blocked_id AS edge FROM block WHERE blocker_id = ANY(${ids}::uuid[])`;
  return { follows: new Set(follows.map(({ edge }) => edge)), blocks: new Set(blocks.map(({ edge }) => edge)) };
}

/** What the rules of visibility can make of the others for this viewer: if it changes, so must the viewer's epoch. */
function viewOf(viewer: Person, people: readonly Person[], { follows, blocks }: Seen): string {
  return people
    .map((other) => {
      const follow = follows.has(`${viewer.uuid} ${other.uuid}`);
      const mutual = follow && follows.has(`${other.uuid} ${viewer.uuid}`);
      return [follow, mutual, blocks.has(`${viewer.uuid} ${other.uuid}`), blocks.has(`${other.uuid} ${viewer.uuid}`)].join();
    })
    .join(';');
}

async function wrongCounts(people: readonly Person[]): Promise<readonly unknown[]> {
  return plaza.sql`
    SELECT person.id FROM unnest(${people.map(({ uuid }) => uuid)}::uuid[]) AS person(id) LEFT JOIN user_stat ON user_id = person.id
    WHERE COALESCE(follower_count, 0) <> (SELECT count(*) FROM follow WHERE followee_id = person.id)
      OR COALESCE(following_count, 0) <> (SELECT count(*) FROM follow WHERE follower_id = person.id)`;
}

const together = (people: readonly Person[]) => plaza.sql`
  SELECT 1 FROM block WHERE blocker_id = ANY(${people.map(({ uuid }) => uuid)}::uuid[]) AND (
    EXISTS (SELECT FROM follow WHERE (follower_id, followee_id) IN ((blocker_id, blocked_id), (blocked_id, blocker_id)))
    OR EXISTS (SELECT FROM follow_request WHERE (follower_id, followee_id) IN ((blocker_id, blocked_id), (blocked_id, blocker_id))))`;

const cast = (): readonly Person[] => Array.from({ length: PEOPLE }, (_, index) => plaza.person({ isLocked: index === 0 }));

describe('any history of relations', () => {
  it('keeps counts equal to rows, raises the epoch of whoever sees something else, and tells every follow', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const people = cast();
        let before = await seen(people);
        let epochs = await Promise.all(people.map((person) => plaza.epochOf(person)));
        for (const { by, change, to } of steps) {
          const [viewer, other] = [people[by], people[to]];
          if (viewer === undefined || other === undefined) continue;
          await plaza.does(viewer, change, { userId: other.id });
          const after = await seen(people);
          const now = await Promise.all(people.map((person) => plaza.epochOf(person)));
          for (const [index, person] of people.entries()) {
            const changed = viewOf(person, people, before) !== viewOf(person, people, after);
            if (changed) expect(now[index]).toBeGreaterThan(epochs[index] ?? 0);
          }
          expect(await wrongCounts(people)).toEqual([]);
          expect(await together(people)).toEqual([]);
          before = after;
          epochs = now;
        }
        // A reader of the events alone knows the same follows.
        const told = new Set<string>();
        const events = await plaza.sql<{ type: string; followerId: string; followeeId: string }>`
          SELECT type, payload->>'followerId' AS "followerId", payload->>'followeeId' AS "followeeId" FROM outbox
          WHERE key = ANY(${people.map(({ uuid }) => uuid)}::uuid[]) AND type LIKE 'follow.%' ORDER BY seq`;
        for (const { type, followerId, followeeId } of events) {
          if (type === 'follow.created') told.add(`${followerId} ${followeeId}`);
          if (type === 'follow.removed') told.delete(`${followerId} ${followeeId}`);
        }
        expect(told).toEqual(before.follows);
      }),
      { numRuns: 12, seed: 20_261_121, endOnFailure: true },
    );
  }, 60_000);

  it('does so when everything happens at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 30 }), async (steps) => {
        const people = cast();
        await Promise.all(
          steps.map(async ({ by, change, to }) => {
            const [viewer, other] = [people[by], people[to]];
            if (viewer !== undefined && other !== undefined) await plaza.insists(viewer, change, { userId: other.id });
          }),
        );
        expect(await wrongCounts(people)).toEqual([]);
        expect(await together(people)).toEqual([]);
      }),
      { numRuns: 6, seed: 20_261_121, endOnFailure: true },
    );
  }, 60_000);
});
