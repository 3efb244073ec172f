import type { EventEnvelope } from '@plaza/events/envelope';
import { newId } from '@plaza/kernel/id';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cause } from '../src/modules/notification/notification.causes.js';
import { joins, toldAs } from '../src/modules/notification/notification.policy.js';
import { event, type Notices, openNotices } from './notices-under-test.js';

let notices: Notices;
beforeAll(async () => {
  notices = await openNotices();
});
afterAll(() => notices.close());

/** What may happen among three people, two posts and two comments. */
const act = fc.record({
  what: fc.constantFrom('like', 'repost', 'follow', 'comment', 'post', 'block', 'mute'),
  who: fc.nat(2),
  whom: fc.nat(2),
  post: fc.nat(1),
  isOn: fc.boolean(),
  mentions: fc.subarray([0, 1, 2]),
  audience: fc.constantFrom('PUBLIC', 'ONLY_ME'),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** A cast of its own for each history. */
function cast() {
  return { people: [newId(), newId(), newId()], posts: [newId(), newId()], comments: [newId(), newId()] } as const;
}
const at = (list: readonly string[], index: number): string => list[index] ?? '';

const BEGAN = Date.UTC(2026, 0, 1);

/** The events of a history, in the order of their making, a second apart. */
function eventsOf(acts: readonly Act[], { people, posts, comments }: ReturnType<typeof cast>): readonly EventEnvelope[] {
  return acts.map(({ what, who, whom, post, isOn, mentions, audience }, index) => {
    const [userId, otherId, postId] = [at(people, who), at(people, whom), at(posts, post)];
    // The first post is the first person's, the second the second's; each has one comment of the third's, which answers the first person.
    const authorId = at(people, post);
    const made = (type: string, payload: Record<string, unknown>) => event(type, payload, new Date(BEGAN + index * 1_000));
    switch (what) {
      case 'like':
        return made(isOn ? 'post.liked' : 'post.unliked', { postId, authorId, userId });
      case 'repost':
        return isOn
          ? made('post.reposted', { postId, authorId, userId, createdAt: new Date(BEGAN).toISOString() })
          : made('post.repostUndone', { postId, authorId, userId });
      case 'follow':
        return isOn
          ? made('follow.created', {
              followerId: userId,
              followeeId: otherId,
              reposts: true,
              languages: [],
              createdAt: new Date(BEGAN).toISOString(),
            })
          : made('follow.removed', { followerId: userId, followeeId: otherId });
      case 'comment':
        return made(isOn ? 'comment.added' : 'comment.deleted', {
          commentId: at(comments, post),
          postId,
          postAuthorId: authorId,
          authorId: at(people, 2),
          replyToAuthorId: at(people, 0),
        });
      case 'post':
        return isOn
          ? made('post.edited', {
              postId,
              authorId,
              revision: index + 1,
              audience,
              language: null,
              createdAt: new Date(BEGAN).toISOString(),
              mentionedUserIds: mentions.map((one) => at(people, one)),
            })
          : made('post.deleted', { postId, authorId });
      case 'block':
        return made(isOn ? 'block.created' : 'block.removed', { blockerId: userId, blockedId: otherId });
      case 'mute':
        return made(isOn ? 'mute.created' : 'mute.removed', { muterId: userId, mutedId: otherId });
    }
  });
}

/** What everybody has, told by roles instead of ids. */
async function picture({ people, posts, comments }: ReturnType<typeof cast>) {
  const all = [...people, ...posts, ...comments];
  return Promise.all(
    people.map(async (userId) => ({
      unread: await notices.unread(userId),
      list: (await notices.listed(userId))
        .map(({ kind, subjectId, count, actors }) => [kind, all.indexOf(subjectId), count, actors.map((id) => all.indexOf(id))])
        .map((row) => JSON.stringify(row))
        .toSorted(),
    })),
  );
}

describe('notifications', { timeout: 240_000 }, () => {
  it('are the same in whatever order events come and however often', async () => {
    const history = fc.array(act, { minLength: 4, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(history, fc.infiniteStream(fc.nat()), async (acts, luck) => {
        const [orderly, chaotic] = [cast(), cast()];
        await notices.happen(...eventsOf(acts, orderly));
        const events = eventsOf(acts, chaotic);
        const draw = () => luck.next().value ?? 0;
        const mixed = [...events, ...events.filter(() => draw() % 3 === 0)]
          .map((one) => ({ one, place: draw() }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ one }) => one);
        await notices.happen(...mixed);
        expect(await picture(chaotic)).toEqual(await picture(orderly));
      }),
      { numRuns: 10 },
    );
  });

  it('are counted as a recount counts them, after ten thousand operations', async () => {
    const people = Array.from({ length: 4 }, newId);
    const things = Array.from({ length: 6 }, newId);
    const pick = fc.record({
      user: fc.nat(3),
      kind: fc.constantFrom('LIKE', 'REPOST'),
      thing: fc.nat(5),
      by: fc.nat(39),
      isOn: fc.boolean(),
    });
    const step = fc.record({
      acts: fc.uniqueArray(pick, {
        minLength: 200,
        maxLength: 200,
        selector: ({ user, kind, thing, by }) => `${user} ${kind} ${thing} ${by}`,
      }),
      next: fc.constantFrom('read', 'dismiss', 'post', 'nothing'),
      user: fc.nat(3),
      thing: fc.nat(5),
      isGone: fc.boolean(),
    });
    const [steps = []] = fc.sample(fc.array(step, { minLength: 50, maxLength: 50 }), 1);
    const actors = Array.from({ length: 40 }, newId);
    const model = new Recount();
    for (const { acts, next, user, thing, isGone } of steps) {
      const moment = { version: newId(), at: new Date() };
      const causes = acts.map(({ user: whom, kind, thing: about, by, isOn }): Cause => {
        const [userId, subjectId, actorId] = [at(people, whom), at(things, about), at(actors, by)];
        return { userId, kind, subjectType: 'POST', subjectId, actorId, sourceId: actorId, postId: subjectId, isOn };
      });
      await notices.database.transaction((tx) => notices.notices.tell(tx, causes, moment));
      model.tell(causes);
      const userId = at(people, user);
      if (next === 'read') {
        await notices.database.transaction((tx) => notices.store.markRead(tx, userId, null, new Date()));
        model.close(({ userId: whose }) => whose === userId);
      }
      if (next === 'dismiss') {
        const [top] = await notices.store.page([{ ownerId: userId, after: null }], 1);
        if (top !== undefined && top.readAt === null) {
          await notices.database.transaction((tx) => notices.store.dismiss(tx, top.id, new Date()));
          model.close((group) => group.userId === userId && group.kind === top.kind && group.subjectId === top.subjectId);
        }
      }
      if (next === 'post') {
        const postId = at(things, thing);
        const state = { postId, authorId: at(people, 0), isGone, isPrivate: false };
        await notices.database.transaction((tx) => notices.notices.post(tx, state, null, { version: newId(), at: new Date() }));
        model.gone.set(postId, isGone);
      }
      expect(await Promise.all(people.map(notices.unread))).toEqual(people.map((id) => model.unread(id)));
    }
    const stored = await notices.database.sql<{ wrong: number }>`
      SELECT count(*)::int AS wrong FROM notification AS told
      WHERE cause_count <> (SELECT count(*) FROM notification_cause WHERE notification_id = told.id AND is_shown)`;
    expect(stored).toEqual([{ wrong: 0 }]);
  });
});

interface Group {
  readonly userId: string;
  readonly kind: string;
  readonly subjectId: string;
  isOpen: boolean;
}

/** The same rules, kept by hand. */
class Recount {
  readonly gone = new Map<string, boolean>();
  readonly #groups: Group[] = [];
  /** By cause: whether it is on, and the group that it came into first. */
  readonly #causes = new Map<string, { isOn: boolean; group: Group | null }>();

  tell(causes: readonly Cause[]): void {
    for (const { userId, kind, subjectId, sourceId, isOn } of causes) {
      const key = `${userId} ${kind} ${subjectId} ${sourceId}`;
      const cause = this.#causes.get(key) ?? { isOn: false, group: null };
      this.#causes.set(key, cause);
      cause.isOn = isOn;
      if (!isOn || cause.group !== null) continue;
      let group = this.#groups.find((one) => one.isOpen && one.userId === userId && one.kind === kind && one.subjectId === subjectId);
      if (group === undefined) this.#groups.push((group = { userId, kind, subjectId, isOpen: true }));
      cause.group = group;
    }
  }

  close(which: (group: Group) => boolean): void {
    for (const group of this.#groups) if (which(group)) group.isOpen = false;
  }

  unread(userId: string): number {
    const alive = new Set([...this.#causes.values()].flatMap(({ isOn, group }) => (isOn && group !== null ? [group] : [])));
    return this.#groups.filter(
      (group) => group.userId === userId && group.isOpen && alive.has(group) && this.gone.get(group.subjectId) !== true,
    ).length;
  }
}

describe('what is told of a count', () => {
  it('is its first and its last, and less and less between', () => {
    const toldUpTo = (count: number) =>
      Array.from({ length: count }, (_, before) => toldAs({ before, after: before + 1, isUnread: true })).filter((kind) => kind !== null);
    expect(toldUpTo(50)).toHaveLength(12);
    expect(toldUpTo(100_000)).toHaveLength(22);
    fc.assert(
      fc.property(fc.nat(200_000), fc.nat(200_000), (before, after) => {
        const told = toldAs({ before, after, isUnread: true });
        expect(told === 'NOTIFICATION_REMOVED').toBe(after === 0 && before > 0);
        if (before === 0 && after > 0) expect(told).toBe('NOTIFICATION_ADDED');
        expect(toldAs({ before, after, isUnread: false })).toBeNull();
      }),
    );
  });

  it('ends a day after it began', () => {
    const began = new Date(BEGAN);
    expect(joins(new Date(BEGAN + 86_400_000), began)).toBe(true);
    expect(joins(new Date(BEGAN + 86_400_001), began)).toBe(false);
  });
});
