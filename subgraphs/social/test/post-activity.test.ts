import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSocial, type Person, type Post, type SocialUnderTest, type Told, type Watcher } from './social-under-test.js';

let plaza: SocialUnderTest;
beforeAll(async () => {
  plaza = await openSocial();
});
afterAll(() => plaza.close());

const watchers: Watcher[] = [];
afterEach(async () => {
  await Promise.all(watchers.splice(0).map((watcher) => watcher.leaves()));
});

async function watch(as: Person | null, post: Post, after: string | null = null): Promise<Watcher> {
  const watcher = (await plaza.opens(as, post, after))();
  watchers.push(watcher);
  await watcher.isAt((await logOf(post)).at(-1)?.position ?? 0);
  return watcher;
}

async function says(author: Person, post: Post, text: string): Promise<string> {
  const input = { idempotencyKey: newId(), postId: post.id, text };
  const { comment } = await plaza.does<{ comment: { id: string } }>(author, 'addComment', input, 'comment { id }');
  return comment.id;
}

const likes = (who: Person, post: Post) => plaza.does(who, 'likePost', { postId: post.id });
const unlikes = (who: Person, post: Post) => plaza.does(who, 'unlikePost', { postId: post.id });
const cursorOf = async (post: Post) => (await plaza.seePost<{ activityCursor: string }>(null, post, 'activityCursor')).activityCursor;
const kinds = (told: readonly Told[]) => told.map(({ __typename }) => __typename);
const texts = (told: readonly Told[]) => told.flatMap(({ comment }) => (comment === undefined ? [] : [(comment as { text: string }).text]));

describe('whoever watches a post', () => {
  it('is told of all that happens once the subscription stands, however late it is read', async () => {
    const [anna, binh, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const read = await plaza.opens(binh, post);
    await likes(chen, post);
    const watcher = read();
    watchers.push(watcher);
    expect(await watcher.has(1)).toEqual([expect.objectContaining({ __typename: 'PostLiked', likeCount: 1 })]);
  });

  it('is told of likes and comments, their changes and their end, with the counts of then', async () => {
    const [anna, binh, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const watcher = await watch(binh, post);

    await likes(chen, post);
    const commentId = await says(chen, post, 'hello');
    await watcher.has(2); // shown as it is then
    await plaza.does(chen, 'editComment', { commentId, text: 'hello, Anna' });
    await watcher.has(3);
    await plaza.does(anna, 'deleteComment', { commentId });
    await unlikes(chen, post);

    expect(await watcher.has(5)).toEqual([
      { __typename: 'PostLiked', cursor: expect.any(String), user: { id: chen.id }, likeCount: 1 },
      {
        __typename: 'CommentAdded',
        cursor: expect.any(String),
        comment: { id: commentId, text: 'hello', author: { id: chen.id } },
        commentCount: 1,
      },
      { __typename: 'CommentEdited', cursor: expect.any(String), comment: { id: commentId, text: 'hello, Anna' } },
      { __typename: 'CommentDeleted', cursor: expect.any(String), commentId, commentCount: 0 },
      { __typename: 'PostUnliked', cursor: expect.any(String), likeCount: 0 },
    ]);
  });

  it('may be a guest', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const guest = await watch(null, post);
    await likes(chen, post);
    expect(await guest.has(1)).toMatchObject([{ user: { id: chen.id }, likeCount: 1 }]);
  });

  it('is told nothing of what changes nothing', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const watcher = await watch(anna, post);
    await unlikes(chen, post);
    await likes(chen, post);
    await likes(chen, post);
    const commentId = await says(chen, post, 'hello');
    await plaza.does(chen, 'editComment', { commentId, text: ' hello ' });
    await plaza.does(chen, 'likeComment', { commentId });
    await plaza.does(chen, 'deleteComment', { commentId });
    await watcher.until(() => watcher.told.at(-1)?.__typename === 'CommentDeleted');
    expect(kinds(watcher.told).filter((kind) => kind !== 'CommentAdded')).toEqual(['PostLiked', 'CommentDeleted']);
  });

  it('gets the same bytes for a post that is hidden and one that never was', async () => {
    const [anna, stranger, blocked] = [plaza.person(), plaza.person(), plaza.person()];
    const [hidden, open] = [plaza.post(anna, 'FOLLOWERS'), plaza.post(anna)];
    await plaza.blocks(anna, blocked);
    const answers = await Promise.all([
      plaza.isRefused(stranger, hidden.id),
      plaza.isRefused(null, hidden.id),
      plaza.isRefused(blocked, open.id),
      plaza.isRefused(stranger, hidden.id, 'nonsense'),
      plaza.isRefused(stranger, toTypeId('post', newId())),
      plaza.isRefused(stranger, 'nonsense'),
    ]);
    expect(new Set(answers).size).toBe(1);
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({
      errors: [{ message: 'There is no such post.', extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  it('lets go of the bus when leaving', async () => {
    const post = plaza.post(plaza.person());
    const before = plaza.bus.channels;
    const watcher = await watch(null, post);
    expect(plaza.bus.channels).toBe(before + 1);
    await watcher.leaves();
    await watcher.until(() => watcher.ended !== null);
    expect(plaza.bus.channels).toBe(before);
  });
});

describe('whoever comes back', () => {
  it('with the last cursor has exactly what came since', async () => {
    const [anna, binh, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const first = await watch(binh, post);
    await likes(chen, post);
    await says(chen, post, 'one');
    await first.has(2);
    await first.leaves();
    await says(chen, post, 'two');
    await says(chen, post, 'three');
    expect(texts(await (await watch(binh, post, first.cursor)).has(2))).toEqual(['two', 'three']);
  });

  it('may go on from what a query of the post said, and from another viewer’s cursor', async () => {
    const [anna, binh, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    await says(chen, post, 'before');
    const after = await cursorOf(post);
    await says(chen, post, 'behind');
    const watcher = await watch(binh, post, after);
    await says(chen, post, 'live');
    expect(texts(await watcher.has(2))).toEqual(['behind', 'live']);
    expect(texts(await (await watch(null, post, watcher.told[0]?.cursor)).has(1))).toEqual(['live']);
  });

  it('at any moment, with any cursor, loses nothing, has nothing twice and all in order', { timeout: 120_000 }, async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('comment' as const), by: fc.nat(3) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('like' as const, 'unlike' as const), by: fc.nat(3) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('drop' as const), by: fc.nat(3) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const people = plaza.people(4);
        const by = (n: number): Person => people[n] ?? plaza.person();
        const post = plaza.post(by(0));
        const begin = await cursorOf(post);
        const said: string[] = [];
        // One that drops at any moment and comes back with what came last.
        let watcher = (await plaza.opens(by(1), post, begin))();
        const had: Told[] = [];
        const drop = async () => {
          await watcher.leaves();
          await watcher.until(() => watcher.ended !== null);
          had.push(...watcher.told);
          watcher = (await plaza.opens(by(1), post, had.at(-1)?.cursor ?? begin))();
        };
        for (const one of steps) {
          if (one.do === 'drop') await drop();
          else if (one.do === 'comment') {
            said.push(`${said.length}`);
            await says(by(one.by), post, said.at(-1) ?? '');
          } else await (one.do === 'like' ? likes : unlikes)(by(one.by), post);
        }
        const log = await logOf(post);
        const end = log.at(-1)?.position ?? 0;
        await watcher.until(() => positionOf(post, [...had, ...watcher.told].at(-1)) === end);
        await watcher.leaves();
        had.push(...watcher.told);
        expect(wrongs(post, had, log, 0)).toEqual([]);
        // And from each cursor that ever came.
        await Promise.all(
          [begin, ...had.map(({ cursor }) => cursor)].map(async (cursor, index) => {
            const from = index === 0 ? 0 : positionOf(post, had[index - 1]);
            const again = (await plaza.opens(by(1), post, cursor))();
            await again.until(() => from === end || positionOf(post, again.told.at(-1)) === end);
            await again.leaves();
            expect(wrongs(post, again.told, log, from)).toEqual([]);
          }),
        );
      }),
      { numRuns: 12 },
    );
  });

  it('while a transaction is still open loses nothing of it, nor of those that wait behind it', async () => {
    const [anna, binh, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    await says(chen, post, 'one');
    const after = await cursorOf(post);
    let open = (): void => {};
    const held = new Promise<void>((resolve) => (open = resolve));
    let isIn = (): void => {};
    const inside = new Promise<void>((resolve) => (isIn = resolve));
    const slow = plaza.transaction(async (tx) => {
      // As another process of social does it: the row's lock, its counter, a line, and no end.
      await tx.sql`SELECT 1 FROM post_stat WHERE post_id = ${post.uuid} FOR UPDATE`;
      await tx.sql`UPDATE post_stat SET activity_seq = activity_seq + 1, like_seq = activity_seq + 1, like_count = like_count + 1 WHERE post_id = ${post.uuid}`;
      await tx.sql`
        INSERT INTO post_activity (post_id, position, kind, actor_id, like_count, comment_count)
        VALUES (${post.uuid}, 2, 'POST_LIKED', ${chen.uuid}, 1, 1)`;
      isIn();
      await held;
    });
    await inside;
    const behind = says(anna, post, 'two');
    const elsewhere = plaza.post(anna);
    await says(chen, elsewhere, 'commits before both');
    const watcher = await watch(binh, post, after);
    await pause(50);
    expect(watcher.told).toEqual([]);
    open();
    await Promise.all([slow, behind]);
    expect(kinds(await watcher.has(2))).toEqual(['PostLiked', 'CommentAdded']);
  });

  it('from before what is kept is told to read anew, and goes on from there', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const begin = await cursorOf(post);
    await says(chen, post, 'one');
    const middle = await cursorOf(post);
    await says(chen, post, 'two');
    await plaza.sql`UPDATE post_activity SET created_at = now() - interval '8 days' WHERE post_id = ${post.uuid} AND position = 1`;
    await plaza.sweepActivity();
    const lost = await watch(anna, post, begin);
    expect(await lost.has(1)).toEqual([{ __typename: 'Resync', cursor: expect.any(String), reason: 'CURSOR_EXPIRED' }]);
    await says(chen, post, 'three');
    expect(texts(await lost.has(2))).toEqual(['three']);
    expect(texts(await (await watch(anna, post, lost.told[0]?.cursor)).has(1))).toEqual(['three']);
    expect(texts(await (await watch(anna, post, middle)).has(2))).toEqual(['two', 'three']);
  });

  it('finds the newest ten thousand of a post', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const begin = await cursorOf(post);
    await says(chen, post, 'the first');
    await plaza.sql`
      INSERT INTO post_activity (post_id, position, kind, actor_id, like_count, comment_count)
      SELECT ${post.uuid}, n, 'POST_LIKED', ${chen.uuid}, n, 1 FROM generate_series(2, 10098) AS n`;
    await plaza.sql`UPDATE post_stat SET activity_seq = 10098, like_seq = 10098, like_count = 10098 WHERE post_id = ${post.uuid}`;
    await says(chen, post, 'one more');
    expect((await logOf(post)).length).toBe(10_099);
    const whole = await watch(anna, post, begin);
    await whole.until(() => texts(whole.told).includes('one more'));
    expect(whole.told.length).toBeLessThan(10);
    expect(whole.told.findLast(({ __typename }) => __typename === 'PostLiked')).toMatchObject({ likeCount: 10_098 });
    await says(chen, post, 'the last');
    expect((await logOf(post)).length).toBe(10_000);
    expect(kinds(await (await watch(anna, post, begin)).has(1))).toEqual(['Resync']);
  });

  it('with a cursor of another post, or none at all, is told to read anew', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    const [post, other] = [plaza.post(anna), plaza.post(anna)];
    await likes(chen, post);
    for (const after of [await cursorOf(other), 'nonsense', '']) {
      const watcher = await watch(anna, post, after);
      expect(watcher.told).toEqual([{ __typename: 'Resync', cursor: expect.any(String), reason: 'CURSOR_UNKNOWN' }]);
      expect(positionOf(post, watcher.told[0])).toBe(1);
    }
  });
});

describe('many likes', () => {
  it('are told at most four times a second, and the last count always comes', { timeout: 60_000 }, async () => {
    const [anna, viewer] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const watcher = await watch(viewer, post);
    const people = plaza.people(60);
    const began = performance.now();
    for (const person of people) await plaza.insists(person, 'likePost', { postId: post.id });
    await says(anna, post, 'thank you');
    await watcher.until(() => texts(watcher.told).length === 1);
    const seconds = (performance.now() - began) / 1_000;

    const liked = watcher.told.filter(({ __typename }) => __typename === 'PostLiked');
    expect(liked.length).toBeLessThanOrEqual(4 * Math.ceil(seconds));
    expect(liked.at(-1)).toMatchObject({ likeCount: 60, user: { id: people.at(-1)?.id } });
    for (const { likeCount, user } of liked) expect(user).toEqual({ id: people[Number(likeCount) - 1]?.id });
    expect(kinds(watcher.told).at(-1)).toBe('CommentAdded');
  });

  it('leave no comment out and nothing out of order', { timeout: 60_000 }, async () => {
    const [anna, viewer] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const begin = await cursorOf(post);
    const watcher = await watch(viewer, post);
    for (const [n, person] of plaza.people(30).entries()) {
      await likes(person, post);
      await says(person, post, `${n}`);
    }
    const log = await logOf(post);
    await watcher.until(() => positionOf(post, watcher.told.at(-1)) === log.length);
    expect(wrongs(post, watcher.told, log, 0)).toEqual([]);
    const again = await watch(viewer, post, begin);
    expect(again.told.length).toBeLessThan(log.length);
    expect(wrongs(post, again.told, log, 0)).toEqual([]);
  });

  it('are told of with somebody whom the viewer sees, and all are in the count', async () => {
    const [anna, viewer] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const people = plaza.people(8);
    const begin = await cursorOf(post);
    for (const person of people) await likes(person, post);
    for (const person of people.slice(5)) await plaza.blocks(viewer, person);
    const watcher = await watch(viewer, post, begin);
    expect(watcher.told.at(-1)).toMatchObject({ __typename: 'PostLiked', user: { id: people[4]?.id }, likeCount: 8 });
    // A cursor from the middle knows which likes it has not told of.
    const again = await watch(viewer, post, plaza.cursors.seal(`post ${post.uuid}`, null, { seq: 7, likes: 3 }));
    expect(again.told).toMatchObject([{ user: { id: people[4]?.id }, likeCount: 8 }]);
  });
});

describe('what the viewer may not see', () => {
  it('is not told: the blocked, those who block, the muted and those who are away', async () => {
    const [anna, viewer, seen, blocked, blocker, muted, away] = plaza.people(7) as [Person, Person, Person, Person, Person, Person, Person];
    const post = plaza.post(anna);
    const begin = await cursorOf(post);
    const watcher = await watch(viewer, post);
    const other = await watch(anna, post);
    await plaza.blocks(viewer, blocked);
    await plaza.blocks(blocker, viewer);
    await plaza.does(viewer, 'mute', { userId: muted.id });
    for (const person of [blocked, blocker, muted, away, seen]) {
      await says(person, post, 'hello');
      if (person === away) await plaza.setState(away, 'DEACTIVATED');
    }
    await other.has(4);
    expect(
      watcher.told
        .filter(({ __typename }) => __typename === 'CommentAdded')
        .every(({ comment }) => [seen.id, away.id].includes(authorOf(comment))),
    ).toBe(true);
    // Later, with the rules of then.
    const replay = await watch(viewer, post, begin);
    expect(replay.told.map(({ comment }) => authorOf(comment))).toEqual([seen.id]);
    expect((await watch(null, post, begin)).told.map(({ comment }) => authorOf(comment))).toEqual(
      [blocked, blocker, muted, seen].map(({ id }) => id),
    );
  });

  it('is not told from a block on, in the middle of the stream, and is again when it is taken back', async () => {
    const [anna, viewer, chen, dan] = [plaza.person(), plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const watcher = await watch(viewer, post);
    await says(chen, post, 'one');
    await watcher.has(1);
    await plaza.blocks(viewer, chen);
    await says(chen, post, 'two');
    await says(dan, post, 'three');
    await watcher.has(2);
    await plaza.does(viewer, 'unblock', { userId: chen.id });
    await says(chen, post, 'four');
    expect(texts(await watcher.has(3))).toEqual(['one', 'three', 'four']);
  });

  it('ends the stream when it is the post itself: blocked by its author', async () => {
    const [anna, viewer, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const watcher = await watch(viewer, post);
    await plaza.blocks(anna, viewer);
    await says(chen, post, 'one');
    await watcher.until(() => watcher.ended !== null);
    expect([watcher.ended, watcher.told]).toEqual([{ error: null }, []]);
  });

  it('ends the stream when the audience narrows or the post is deleted, also when nobody does anything', async () => {
    const [anna, follower, stranger, chen] = [plaza.person(), plaza.person(), plaza.person(), plaza.person()];
    await plaza.follows(follower, anna);
    const post = plaza.post(anna);
    const [near, far, guest] = await Promise.all([watch(follower, post), watch(stranger, post), watch(null, post)]);
    await plaza.setAudience(post, 'FOLLOWERS');
    await Promise.all([far, guest].map((watcher) => watcher.until(() => watcher.ended !== null)));
    await says(anna, post, 'among us');
    expect(texts(await near.has(1))).toEqual(['among us']);
    expect([far, guest].map(({ ended, told }) => [ended?.error, told])).toEqual([
      [null, []],
      [null, []],
    ]);
    await plaza.deletes(post);
    await near.until(() => near.ended !== null);

    // The fact of the change comes later than an event: the event is looked at all the same.
    const open = plaza.post(anna);
    const early = await watch(chen, open);
    plaza.hides(open, 'ONLY_ME');
    await says(anna, open, 'to myself');
    await early.until(() => early.ended !== null);
    expect(early.told).toEqual([]);
  });

  it('is a comment that is gone by now', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const begin = await cursorOf(post);
    const commentId = await says(chen, post, 'hasty');
    await plaza.does(chen, 'editComment', { commentId, text: 'hastier' });
    await plaza.does(chen, 'deleteComment', { commentId });
    expect((await watch(anna, post, begin)).told).toMatchObject([{ __typename: 'CommentDeleted', commentId, commentCount: 0 }]);
  });

  it('breaks the stream when nobody can tell, and the last cursor still brings it', async () => {
    const [anna, viewer, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const watcher = await watch(viewer, post);
    await says(chen, post, 'one');
    await watcher.has(1);
    await plaza.likesUnheard(post, chen);
    plaza.away.add('content');
    plaza.wakes(post);
    await watcher.until(() => watcher.ended !== null);
    plaza.away.delete('content');
    expect(watcher.ended?.error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(kinds((await watch(viewer, post, watcher.cursor)).told)).toEqual(['PostLiked']);
  });
});

describe('what whoever hands events on is told', () => {
  it('is whose doing it was where a guest sees the same, and the place in the log always', async () => {
    const [anna, viewer, chen, gone] = [plaza.person(), plaza.person(), plaza.person(), plaza.person()];
    await plaza.follows(viewer, anna);
    const [post, near] = [plaza.post(anna), plaza.post(anna, 'FOLLOWERS')];
    const begin = await cursorOf(post);
    await likes(chen, post);
    await likes(anna, post);
    await says(gone, post, 'bye');
    await plaza.does(chen, 'deleteComment', { commentId: await says(chen, post, 'hasty') });
    await plaza.setState(gone, 'DEACTIVATED');
    const muted = plaza.person();
    const watcher = await watch(viewer, post, begin);
    await watcher.until(() => watcher.marks.length === 6);
    const marks = watcher.marks.map((mark) => ({ position: mark?.position, authors: mark?.authors?.toSorted() }));
    const both = [anna.uuid, chen.uuid].toSorted();
    expect(marks).toEqual([
      { position: 1, authors: both },
      { position: 2, authors: [anna.uuid] },
      { position: 3, authors: undefined },
      { position: 4, authors: both },
      { position: 5, authors: both },
      { position: 5, authors: [anna.uuid] },
    ]);
    for (const mark of watcher.marks) {
      const again = await watch(null, post, mark?.cursor);
      expect(again.told.length).toBe(watcher.told.filter((told) => positionOf(post, told) > (mark?.position ?? 0)).length);
    }

    // Who mutes anybody shares nothing: only their own upstream leaves the muted out.
    await plaza.does(viewer, 'mute', { userId: muted.id });
    const alone = await watch(viewer, post, begin);
    expect(alone.marks.every((mark) => mark?.cursor === undefined && mark?.position !== undefined)).toBe(true);
    await plaza.does(viewer, 'unmute', { userId: muted.id });

    const follower = await watch(viewer, near);
    await plaza.does(viewer, 'likePost', { postId: near.id });
    await follower.has(1);
    expect(follower.marks.at(-1)).toEqual({ position: 1, cursor: follower.cursor, decidedAt: expect.any(Number) });
  });
});

const authorOf = (comment: unknown): string => (comment as { author: { id: string } }).author.id;

interface Line {
  readonly position: number;
  readonly kind: string;
  readonly commentId: string | null;
  readonly likeCount: number;
  readonly commentCount: number;
}

const logOf = (post: Post): Promise<readonly Line[]> => plaza.sql<Line>`
  SELECT position, kind, comment_id AS "commentId", like_count AS "likeCount", comment_count AS "commentCount"
  FROM post_activity WHERE post_id = ${post.uuid} ORDER BY position`;

function positionOf(post: Post, told: Told | undefined): number {
  if (told === undefined) return 0;
  return (plaza.cursors.open(`post ${post.uuid}`, null, told.cursor) as { seq: number }).seq;
}

/** What is wrong with what came after a position: every comment comes once, likes each or with a later one, all in order, with the log's counts. */
function wrongs(post: Post, told: readonly Told[], log: readonly Line[], after: number): readonly string[] {
  const found: string[] = [];
  const had = new Map<number, Told>();
  let last = after;
  for (const one of told) {
    const position = positionOf(post, one);
    if (position <= last) found.push(`${position} came after ${last}`);
    last = position;
    had.set(position, one);
  }
  const newestLike = log.findLast(({ commentId }) => commentId === null)?.position;
  for (const { position, commentId, likeCount, commentCount } of log) {
    const one = had.get(position);
    if (one === undefined && position > after && (commentId !== null || position === newestLike)) found.push(`${position} is lost`);
    if (one?.['likeCount'] !== undefined && one['likeCount'] !== likeCount) found.push(`${position} has another count of likes`);
    if (one?.['commentCount'] !== undefined && one['commentCount'] !== commentCount)
      found.push(`${position} has another count of comments`);
  }
  return found;
}
