import { countingStatements } from '@plaza/db/statements';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_POST, openSocial, type Person, type SocialUnderTest } from './social-under-test.js';

let plaza: SocialUnderTest;
beforeAll(async () => {
  plaza = await openSocial();
});
afterAll(() => plaza.close());

const MISSING_POST = 'post_01h455vb4pex5vsknk084sn02q';

/** Numbers that are the same on every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe('a like', () => {
  it('counts once and shows in the next look', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    for (const _time of ['first', 'again']) {
      expect(await plaza.does(binh, 'likePost', { postId: post.id }, 'post { id }')).toEqual({
        __typename: 'LikePostOk',
        post: { id: post.id },
      });
      expect(await plaza.seePost(binh, post, 'likeCount viewerHasLiked')).toMatchObject({ likeCount: 1, viewerHasLiked: true });
    }
    expect(await plaza.seePost(anna, post, 'likeCount viewerHasLiked')).toMatchObject({ likeCount: 1, viewerHasLiked: false });
    expect(await plaza.seePost(null, post, 'likeCount viewerHasLiked')).toMatchObject({ likeCount: 1, viewerHasLiked: false });
    await plaza.does(binh, 'unlikePost', { postId: post.id });
    await plaza.does(binh, 'unlikePost', { postId: post.id });
    expect(await plaza.seePost(binh, post, 'likeCount viewerHasLiked')).toMatchObject({ likeCount: 0, viewerHasLiked: false });
    expect(await plaza.events(post)).toEqual(['post.liked', 'post.unliked']);
  });

  it('tells whose post was liked by whom', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    await plaza.does(binh, 'likePost', { postId: post.id });
    const [event] = await plaza.sql<{ payload: unknown }>`SELECT payload FROM outbox WHERE key = ${post.uuid}`;
    expect(event?.payload).toEqual({ postId: post.uuid, authorId: anna.uuid, userId: binh.uuid });
  });

  it('of a post that the viewer may not see is missing as any other', async () => {
    const [anna, stranger, follower, blocked] = [plaza.person(), plaza.person(), plaza.person(), plaza.person()];
    const [post, open] = [plaza.post(anna, 'FOLLOWERS'), plaza.post(anna)];
    await plaza.follows(follower, anna);
    await plaza.blocks(anna, blocked);
    for (const mutation of ['likePost', 'unlikePost', 'repost', 'undoRepost', 'bookmarkPost', 'removeBookmark']) {
      for (const postId of [post.id, MISSING_POST, 'nonsense']) expect(await plaza.does(stranger, mutation, { postId })).toEqual(NO_POST);
      expect(await plaza.does(blocked, mutation, { postId: open.id })).toEqual(NO_POST);
    }
    expect(await plaza.does(follower, 'likePost', { postId: post.id })).toMatchObject({ __typename: 'LikePostOk' });
    await plaza.setState(anna, 'DEACTIVATED');
    expect(await plaza.does(follower, 'unlikePost', { postId: post.id })).toEqual(NO_POST);
  });

  it('counts exactly a hundred when a hundred like at once', async () => {
    const post = plaza.post(plaza.person());
    const people = plaza.people(100);
    await Promise.all(people.map((person) => plaza.insists(person, 'likePost', { postId: post.id })));
    expect(await plaza.seePost(null, post, 'likeCount')).toMatchObject({ likeCount: 100 });
    expect(await plaza.events(post)).toHaveLength(100);
  }, 60_000);

  it('has counts equal to rows and events after two hundred at random at once', async () => {
    const roll = dice(7);
    const people = plaza.people(20);
    const posts = [plaza.post(plaza.person()), plaza.post(plaza.person())];
    const pick = <T>(list: readonly T[]): T => {
      const one = list[Math.floor(roll() * list.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    };
    const work = Array.from({ length: 200 }, () => [pick<Person>(people), roll() < 0.6 ? 'likePost' : 'unlikePost', pick(posts)] as const);
    await Promise.all(work.map(([person, mutation, post]) => plaza.insists(person, mutation, { postId: post.id })));
    for (const post of posts) {
      const [rows] = await plaza.sql<{ likes: number }>`SELECT count(*) AS likes FROM post_like WHERE post_id = ${post.uuid}`;
      const [stat] = await plaza.sql<{ seq: number }>`SELECT activity_seq AS seq FROM post_stat WHERE post_id = ${post.uuid}`;
      const events = await plaza.events(post);
      expect(await plaza.seePost(null, post, 'likeCount')).toMatchObject({ likeCount: rows?.likes });
      expect(events.filter((type) => type === 'post.liked').length - events.filter((type) => type === 'post.unliked').length).toBe(
        rows?.likes,
      );
      expect(stat?.seq).toBe(events.length);
    }
  }, 60_000);
});

describe('what social adds to a post', () => {
  const ALL =
    'likeCount commentCount repostCount viewerHasLiked viewerHasReposted viewerHasBookmarked activityCursor comments(first: 2) { edges { node { id } } }';

  it('stays closed without the gate that its owner gave this viewer', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    await plaza.does(binh, 'likePost', { postId: post.id });
    const closed = {
      __typename: 'Post',
      likeCount: null,
      commentCount: null,
      repostCount: null,
      viewerHasLiked: null,
      viewerHasReposted: null,
      viewerHasBookmarked: null,
      activityCursor: null,
      comments: null,
    };
    const other = plaza.post(anna);
    for (const gate of [null, 'x', plaza.gated(anna, post).gate, plaza.gated(null, post).gate, plaza.gated(binh, other).gate]) {
      expect(await plaza.entities(binh, [{ __typename: 'Post', id: post.id, gate }], `... on Post { ${ALL} }`)).toEqual([closed]);
    }
    expect(await plaza.entities(binh, [{ __typename: 'Post', id: post.id }], `... on Post { ${ALL} }`)).toEqual([closed]);
    expect(await plaza.entities(binh, [{ __typename: 'Post', id: 'post_x', gate: 'x' }], `... on Post { ${ALL} }`)).toEqual([null]);
  });

  it('has a cursor into its activity that tells nothing, fits this post only and every viewer of it', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    await plaza.does(binh, 'likePost', { postId: post.id });
    const { activityCursor } = await plaza.seePost<{ activityCursor: string }>(binh, post, 'activityCursor');
    expect(plaza.cursors.open(`post ${post.uuid}`, null, activityCursor)).toEqual({ seq: 1, likes: 1 });
    expect(plaza.cursors.open(`post ${plaza.post(anna).uuid}`, null, activityCursor)).toBeNull();
  });

  it('takes the same number of statements for 1, 20 and 100 posts', async () => {
    const [anna, viewer] = [plaza.person(), plaza.person()];
    const posts = Array.from({ length: 100 }, () => plaza.post(anna));
    const commenters = plaza.people(5);
    await plaza.sql`
      INSERT INTO comment (id, post_id, author_id, parent_id, text)
      SELECT gen_random_uuid(), post, author, post, 'hello' FROM unnest(${posts.map(({ uuid }) => uuid)}::uuid[]) AS post,
        unnest(${commenters.map(({ uuid }) => uuid)}::uuid[]) AS author`;
    const count = async (size: number): Promise<number> => {
      // Another epoch, so that nothing is known of anybody.
      await plaza.does(viewer, 'mute', { userId: plaza.person().id });
      const page = posts.slice(0, size).map((post) => plaza.gated(viewer, post));
      const { statements, result } = await countingStatements(() => plaza.entities(viewer, page, `... on Post { ${ALL} }`));
      expect(result).toHaveLength(size);
      return statements - 1; // the gateway's look at the epoch
    };
    // Counts, the viewer's own marks, comments, relations to their authors.
    expect([await count(1), await count(20), await count(100)]).toEqual([4, 4, 4]);
  });

  it('goes on with what is known of people while accounts is away', async () => {
    const [anna, viewer] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    await plaza.does(anna, 'addComment', { postId: post.id, text: 'hello', idempotencyKey: 'key-00000001' });
    const selection = 'likeCount comments { edges { node { text } } }';
    const before = await plaza.seePost(viewer, post, selection);
    plaza.away.add('accounts').add('content');
    expect(await plaza.seePost(viewer, post, selection)).toEqual(before);
    plaza.away.clear();
  });
});
