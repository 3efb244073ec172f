import { followSnapshot, repostSnapshot } from '@plaza/calls/contracts/social.calls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, codesOf, nodeIds, NO_POST, openSocial, type Person, type SocialUnderTest } from './social-under-test.js';

let plaza: SocialUnderTest;
beforeAll(async () => {
  plaza = await openSocial();
});
afterAll(() => plaza.close());

describe('a repost', () => {
  it('is one a person and post, and can be taken back', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    for (const _time of ['first', 'again']) {
      expect(await plaza.does(binh, 'repost', { postId: post.id }, 'post { id }')).toEqual({
        __typename: 'RepostOk',
        post: { id: post.id },
      });
    }
    const [edge] = await plaza.sql<{ id: string }>`SELECT id FROM repost WHERE post_id = ${post.uuid}`;
    expect(edge).toBeDefined();
    expect(await plaza.seePost(binh, post, 'repostCount viewerHasReposted')).toMatchObject({ repostCount: 1, viewerHasReposted: true });
    expect(await plaza.seePost(anna, post, 'repostCount viewerHasReposted')).toMatchObject({ repostCount: 1, viewerHasReposted: false });
    await plaza.does(binh, 'undoRepost', { postId: post.id });
    await plaza.does(binh, 'undoRepost', { postId: post.id });
    expect(await plaza.seePost(binh, post, 'repostCount viewerHasReposted')).toMatchObject({ repostCount: 0, viewerHasReposted: false });
    expect(await plaza.events(post)).toEqual(['post.reposted', 'post.repostUndone']);
  });

  it('may be of one’s own post, and only of a public one', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    expect(await plaza.does(anna, 'repost', { postId: plaza.post(anna).id })).toMatchObject({ __typename: 'RepostOk' });
    await plaza.follows(binh, anna);
    const post = plaza.post(anna, 'FOLLOWERS');
    for (const person of [anna, binh]) {
      expect(await plaza.does(person, 'repost', { postId: post.id })).toEqual({
        __typename: 'NotAllowedError',
        code: 'NOT_ALLOWED',
        message: 'Only public posts are reposted.',
      });
    }
    expect(await plaza.does(plaza.person(), 'repost', { postId: post.id })).toEqual(NO_POST);
  });
});

describe('a read model', () => {
  it('is built from every follow and repost, page by page', async () => {
    const [anna, ...followers] = plaza.people(8);
    if (anna === undefined) throw new Error('somebody was made');
    const post = plaza.post(anna);
    for (const follower of followers) {
      await plaza.follows(follower, anna);
      await plaza.does(follower, 'repost', { postId: post.id });
    }
    const follows: { followerId: string; followeeId: string }[] = [];
    const reposts: { userId: string; postId: string; authorId: string }[] = [];
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const page: { follows: { followerId: string; followeeId: string }[]; nextAfter: string | null } = await plaza.call(followSnapshot, {
        after,
        limit: 3,
      });
      follows.push(...page.follows);
      after = page.nextAfter;
    }
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const page: { reposts: { userId: string; postId: string; authorId: string }[]; nextAfter: string | null } = await plaza.call(
        repostSnapshot,
        { after, limit: 3 },
      );
      reposts.push(...page.reposts);
      after = page.nextAfter;
    }
    const uuids = followers.map(({ uuid }) => uuid);
    expect(follows.filter(({ followeeId }) => followeeId === anna.uuid).map(({ followerId }) => followerId)).toEqual(uuids);
    expect(reposts.filter(({ postId }) => postId === post.uuid)).toMatchObject(uuids.map((userId) => ({ userId, authorId: anna.uuid })));
  });
});

describe('bookmarks', () => {
  const LIST = 'edges { cursor bookmarkedAt folder { id name } node { id } } pageInfo { endCursor hasNextPage }';
  const listOf = async (viewer: Person, args = '') => at(await plaza.me(viewer, `bookmarks${args} { ${LIST} }`), '_entities.0.bookmarks');
  const folderOf = async (viewer: Person, name: string): Promise<string> =>
    (await plaza.does<{ folder: { id: string } }>(viewer, 'createBookmarkFolder', { name }, 'folder { id name }')).folder.id;

  it('are kept, moved between folders and let go, and nobody learns of it', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const [one, two] = [plaza.post(anna), plaza.post(anna)];
    const folderId = await folderOf(binh, '  Phở ');
    await plaza.does(binh, 'bookmarkPost', { postId: one.id });
    await plaza.does(binh, 'bookmarkPost', { postId: two.id, folderId });
    expect(await listOf(binh)).toMatchObject({
      edges: [
        { node: { id: two.id }, folder: { id: folderId, name: 'Phở' } },
        { node: { id: one.id }, folder: null },
      ],
    });
    await plaza.does(binh, 'bookmarkPost', { postId: one.id, folderId });
    expect(nodeIds(await listOf(binh, `(folderId: "${folderId}")`))).toEqual([two.id, one.id]);
    expect(await plaza.seePost(binh, one, 'viewerHasBookmarked')).toMatchObject({ viewerHasBookmarked: true });
    expect(await plaza.seePost(anna, one, 'viewerHasBookmarked')).toMatchObject({ viewerHasBookmarked: false });

    await plaza.does(binh, 'removeBookmark', { postId: two.id });
    await plaza.does(binh, 'removeBookmark', { postId: two.id });
    expect(await plaza.does(binh, 'deleteBookmarkFolder', { folderId }, 'folderId')).toEqual({
      __typename: 'DeleteBookmarkFolderOk',
      folderId,
    });
    expect(await listOf(binh)).toMatchObject({ edges: [{ node: { id: one.id }, folder: null }] });
    expect([...(await plaza.events(one)), ...(await plaza.events(two)), ...(await plaza.events(binh))]).toEqual([]);
  });

  it('show what the viewer may still see, in full pages', async () => {
    const [anna, binh, viewer] = [plaza.person(), plaza.person(), plaza.person()];
    const posts = Array.from({ length: 12 }, (_, index) => plaza.post(index % 2 === 0 ? anna : binh));
    for (const post of posts) await plaza.does(viewer, 'bookmarkPost', { postId: post.id });
    await plaza.blocks(anna, viewer);
    const seen = posts
      .filter(({ author }) => author === binh)
      .map(({ id }) => id)
      .toReversed();

    const first = await listOf(viewer, '(first: 4)');
    expect(nodeIds(first)).toEqual(seen.slice(0, 4));
    const { pageInfo } = first as { pageInfo: { endCursor: string; hasNextPage: boolean } };
    expect(pageInfo.hasNextPage).toBe(true);
    const rest = await listOf(viewer, `(first: 4, after: "${pageInfo.endCursor}")`);
    expect(nodeIds(rest)).toEqual(seen.slice(4));
    expect(rest).toMatchObject({ pageInfo: { hasNextPage: false } });
  });

  it('have folders by name, one of each, at most twenty', async () => {
    const viewer = plaza.person();
    const first = await folderOf(viewer, 'b');
    expect(await folderOf(viewer, ' b ')).toBe(first);
    await Promise.all(Array.from({ length: 25 }, (_, index) => plaza.does(viewer, 'createBookmarkFolder', { name: `folder ${index}` })));
    const folders = at(await plaza.me(viewer, 'bookmarkFolders { id name }'), '_entities.0.bookmarkFolders') as readonly { name: string }[];
    expect(folders).toHaveLength(20);
    expect(folders[0]).toEqual({ id: first, name: 'b' });
    for (const name of ['', '   ', 'x'.repeat(51), 'more']) {
      expect(await plaza.does(viewer, 'createBookmarkFolder', { name })).toMatchObject({
        __typename: 'ValidationError',
        fields: [{ path: 'name' }],
      });
    }
    expect(await folderOf(viewer, 'b')).toBe(first);
  });

  it('know no folder of somebody else', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    const foreign = await folderOf(anna, 'secret');
    const missing = { __typename: 'NotFoundError', code: 'NOT_FOUND', message: 'There is no such bookmark folder.' };
    for (const folderId of [foreign, 'folder_01h455vb4pex5vsknk084sn02q', 'x']) {
      expect(await plaza.does(binh, 'bookmarkPost', { postId: post.id, folderId })).toEqual(missing);
      expect(await plaza.does(binh, 'deleteBookmarkFolder', { folderId })).toEqual(missing);
      expect(nodeIds(await listOf(binh, `(folderId: "${folderId}")`))).toEqual([]);
    }
    expect(nodeIds(await listOf(binh))).toEqual([]);
  });

  it('are nobody’s for a guest', async () => {
    expect(
      at(
        await plaza.ask(
          null,
          '{ _entities(representations: [{ __typename: "Viewer", id: "viewer_x" }]) { ... on Viewer { bookmarkFolders { id } } } }',
        ),
        '_entities',
      ),
    ).toEqual([null]);
    expect(codesOf(await plaza.ask(null, 'mutation { createBookmarkFolder(input: { name: "x" }) { __typename } }'))).toEqual([
      'UNAUTHENTICATED',
    ]);
  });
});
