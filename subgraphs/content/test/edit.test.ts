import { newId } from '@plaza/kernel/id';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, codesOf, type ContentUnderTest, openContent, type Person } from './content-under-test.js';

let databases: TestDatabases<'content'>;
let content: ContentUnderTest;

beforeAll(async () => {
  databases = await createDatabases(['content']);
  content = await openContent(databases.urls.content);
});
afterAll(async () => {
  await content.close();
  await databases.drop();
});

const eventsOf = async (postId: string) => (await content.events()).filter(({ key }) => key === fromTypeId('post', postId));
const noSuchPost = { __typename: 'NotFoundError', code: 'NOT_FOUND', message: 'There is no such post.' };

const revisionsQuery = `query ($id: ID!, $first: Int!, $after: String) { _entities(representations: [{ __typename: "Post", id: $id }]) {
  ... on Post { revisions(first: $first, after: $after) { edges { cursor node { number text contentWarning } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`;

describe('editing', () => {
  it('keeps every text, the newest first', async () => {
    const anna = content.person();
    const id = await content.post(anna, { text: 'First.' });
    await content.edit(anna, id, 1, { text: 'Second.', contentWarning: 'careful' });
    const answer = await content.edit(anna, id, 2, { text: 'Third.' });

    expect(answer.errors).toEqual([]);
    expect(at(answer, 'editPost')).toMatchObject({
      __typename: 'EditPostOk',
      post: {
        id,
        revision: 3,
        text: 'Third.',
        editedAt: expect.stringMatching(/Z$/),
        contentWarning: 'careful',
        isSensitive: true,
        revisions: {
          edges: [
            { node: { number: 3, text: 'Third.', contentWarning: 'careful' } },
            { node: { number: 2, text: 'Second.', contentWarning: 'careful' } },
            { node: { number: 1, text: 'First.', contentWarning: null } },
          ],
          pageInfo: { hasNextPage: false },
        },
      },
    });
    expect(at(answer, 'editPost.post.revisions.edges.0.node.createdAt')).toBe(at(answer, 'editPost.post.editedAt'));
  });

  it('pages through the versions', async () => {
    const anna = content.person();
    const id = await content.post(anna, { text: '1' });
    for (let revision = 1; revision < 5; revision += 1) await content.edit(anna, id, revision, { text: String(revision + 1) });
    const page = async (after: string | null) =>
      at<{ edges: { node: { number: number } }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }>(
        await content.ask(null, revisionsQuery, { id, first: 2, after }),
        '_entities.0.revisions',
      );
    const seen: number[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { edges, pageInfo } = await page(after);
      seen.push(...edges.map(({ node }) => node.number));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it.each([
    [{ first: 101, after: null }],
    [{ first: -1, after: null }],
    [{ first: 1, after: 'nonsense' }],
    [{ first: 1, after: 'cjk5OTk5OTk5OTk5OTk5' }],
  ])('refuses a page like %j', async (args) => {
    const id = await content.post(content.person());
    const answer = await content.ask(null, revisionsQuery, { id, ...args });
    expect([codesOf(answer), at(answer, '_entities.0.revisions')]).toEqual([['BAD_USER_INPUT'], null]);
  });

  it('leaves what it does not name', async () => {
    const anna = content.person();
    const [photo, product] = [await content.photo(anna), content.product()];
    const id = await content.post(anna, {
      text: 'Before',
      media: [{ mediaId: photo, altText: 'a field' }],
      audience: 'FOLLOWERS',
      contentWarning: 'x',
      productIds: [product],
    });
    const answer = await content.edit(anna, id, 1, { text: 'After' });
    expect(at(answer, 'editPost.post')).toMatchObject({
      text: 'After',
      audience: 'FOLLOWERS',
      contentWarning: 'x',
      media: [{ id: photo, altText: 'a field' }],
      products: [{ id: product }],
    });
  });

  it('replaces what it names', async () => {
    const anna = content.person();
    const [one, two, product] = [await content.photo(anna), await content.photo(anna), content.product()];
    const id = await content.post(anna, { text: 'Before', media: [{ mediaId: one }], contentWarning: 'x', productIds: [product] });
    const answer = await content.edit(anna, id, 1, {
      media: [{ mediaId: two, altText: 'new' }, { mediaId: one }],
      audience: 'ONLY_ME',
      contentWarning: null,
      productIds: [],
    });
    expect(at(answer, 'editPost.post')).toMatchObject({
      text: 'Before',
      audience: 'ONLY_ME',
      contentWarning: null,
      isSensitive: false,
      media: [{ id: two, altText: 'new' }, { id: one }],
      products: [],
    });
    expect(at(await content.edit(anna, id, 2, { media: [] }), 'editPost.post.media')).toEqual([]);
  });

  it('moves one of twenty media, and the others keep their order', async () => {
    const anna = content.person();
    const media = await Promise.all(Array.from({ length: 20 }, () => content.photo(anna)));
    const id = await content.post(anna, { text: 'Album', media: media.map((mediaId, index) => ({ mediaId, altText: String(index) })) });
    const [last = ''] = media.slice(-1);
    const answer = await content.moveMedia(anna, { postId: id, mediaId: last, position: 1, expectedRevision: 1 });

    expect(at(answer, 'moveMedia.post')).toMatchObject({ id, revision: 2, text: 'Album' });
    const order = at<{ id: string; altText: string }[]>(answer, 'moveMedia.post.media');
    expect(order.map(({ altText }) => altText)).toEqual(['0', '19', ...Array.from({ length: 18 }, (_, index) => String(index + 1))]);
    expect(at<{ id: string }[]>(await content.edit(anna, id, 2, { text: 'Renamed' }), 'editPost.post.media')).toEqual(order);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['post.published', 'post.edited', 'post.edited']);
  });

  it('moves nothing that the post does not carry, nowhere that there is not, and nothing of others', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const [one, two, other] = [await content.photo(anna), await content.photo(anna), await content.photo(anna)];
    const id = await content.post(anna, { text: '', media: [{ mediaId: one }, { mediaId: two }] });
    const move = async (as: Person | null, input: Record<string, unknown>) =>
      at<{ __typename: string; fields?: { path: string }[] }>(
        await content.moveMedia(as, { postId: id, mediaId: one, position: 1, expectedRevision: 1, ...input }),
        'moveMedia',
      );

    for (const mediaId of [other, id, '', 'media_!'])
      expect((await move(anna, { mediaId })).fields?.map(({ path }) => path)).toEqual(['mediaId']);
    for (const position of [-1, 2, 2_147_483_647])
      expect((await move(anna, { position })).fields?.map(({ path }) => path)).toEqual(['position']);
    expect(await move(anna, { expectedRevision: 3, mediaId: other })).toMatchObject({
      __typename: 'RevisionConflictError',
      currentRevision: 1,
    });
    expect(await move(binh, {})).toMatchObject({ __typename: 'NotAllowedError' });
    expect(await move(anna, { postId: toTypeId('post', newId()), position: -1 })).toEqual(noSuchPost);
    expect(at(await content.edit(anna, id, 1, {}), 'editPost.post')).toMatchObject({ revision: 2, media: [{ id: one }, { id: two }] });
  });

  it('tells who edited in between which version there is', async () => {
    const anna = content.person();
    const id = await content.post(anna);
    await content.edit(anna, id, 1, { text: 'Faster.' });
    for (const expected of [1, 3, 0, -7, 2_147_483_647]) {
      expect(at(await content.edit(anna, id, expected, { text: 'Slower.' }), 'editPost')).toMatchObject({
        __typename: 'RevisionConflictError',
        code: 'REVISION_CONFLICT',
        currentRevision: 2,
      });
    }
    expect(await eventsOf(id)).toHaveLength(2);
  });

  it('lets one of twenty at once through', async () => {
    const anna = content.person();
    const id = await content.post(anna);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => content.edit(anna, id, 1, { text: `edit ${index}` })));
    const kinds = answers.map((answer) => at(answer, 'editPost.__typename'));
    expect(kinds.filter((kind) => kind === 'EditPostOk')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'RevisionConflictError')).toHaveLength(19);
    expect((await eventsOf(id)).map(({ type, payload }) => [type, payload['revision']])).toEqual([
      ['post.published', 1],
      ['post.edited', 2],
    ]);
  });

  it('states the new audience', async () => {
    const anna = content.person();
    const id = await content.post(anna);
    await content.edit(anna, id, 1, { audience: 'MUTUALS' });
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'post.edited',
      payload: { audience: 'MUTUALS', revision: 2, authorId: anna.id },
    });
  });

  it('is the author’s alone: hidden is missing, seen is not allowed', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const [seen, hidden] = [await content.post(anna), await content.post(anna, { audience: 'FOLLOWERS' })];
    const change = { text: 'x'.repeat(6_000) };
    expect(at(await content.edit(binh, seen, 1, change), 'editPost')).toMatchObject({ __typename: 'NotAllowedError', code: 'NOT_ALLOWED' });
    for (const id of [hidden, toTypeId('post', newId()), 'post_!', binh.userId, ''])
      expect(at(await content.edit(binh, id, 1, change), 'editPost')).toEqual(noSuchPost);
    expect(codesOf(await content.edit(null, seen, 1, change))).toEqual(['UNAUTHENTICATED']);
    expect(await eventsOf(seen)).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>]>([
    ['text', { text: 'x'.repeat(5_001) }],
    ['text', { text: '' }],
    ['text', { text: '', media: [] }],
    ['contentWarning', { contentWarning: '' }],
    ['media.0.mediaId', { media: [{ mediaId: toTypeId('media', newId()) }] }],
    ['productIds.0', { productIds: ['product_!'] }],
  ])('is held to the rules of publishing at %s', async (path, change) => {
    const anna = content.person();
    const id = await content.post(anna);
    expect(at(await content.edit(anna, id, 1, change), 'editPost.fields.0.path')).toBe(path);
    expect(await content.sql`SELECT 1 FROM post_revision WHERE post_id = ${fromTypeId('post', id)}`).toHaveLength(1);
  });
});

describe('deleting', () => {
  const everyWay = async (as: Parameters<ContentUnderTest['ask']>[0], id: string) => [
    await content.references(as, { __typename: 'Post', id }, { __typename: 'Post', ref: id }),
    as === null ? null : at(await content.edit(as, id, 1, { text: 'x' }), 'editPost'),
    as === null ? null : at(await content.delete(as, id), 'deletePost'),
  ];

  it('takes the post from everybody at once, its author too', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const id = await content.post(anna);
    const before = Date.now();
    const answer = at<{ postId: string; restorableUntil: string }>(await content.delete(anna, id), 'deletePost');

    expect(answer).toMatchObject({ __typename: 'DeletePostOk', postId: id });
    const left = Date.parse(answer.restorableUntil) - before;
    expect(left).toBeGreaterThanOrEqual(600_000);
    expect(left).toBeLessThan(605_000);
    const never = toTypeId('post', newId());
    for (const person of [anna, binh, null]) expect(await everyWay(person, id)).toEqual(await everyWay(person, never));
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'post.deleted',
      payload: { postId: fromTypeId('post', id), authorId: anna.id },
    });
  });

  it('is the author’s alone', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const [seen, hidden] = [await content.post(anna), await content.post(anna, { audience: 'ONLY_ME' })];
    expect(at(await content.delete(binh, seen), 'deletePost.__typename')).toBe('NotAllowedError');
    expect(at(await content.delete(binh, hidden), 'deletePost')).toEqual(noSuchPost);
    expect(at(await content.delete(binh, 'nonsense'), 'deletePost')).toEqual(noSuchPost);
  });

  it('happens once, however many ask', async () => {
    const anna = content.person();
    const id = await content.post(anna);
    const kinds = (await Promise.all(Array.from({ length: 10 }, () => content.delete(anna, id)))).map((answer) =>
      at(answer, 'deletePost.__typename'),
    );
    expect(kinds.filter((kind) => kind === 'DeletePostOk')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'NotFoundError')).toHaveLength(9);
    expect(await eventsOf(id)).toHaveLength(2);
  });
});

describe('restoring', () => {
  it('brings the same post back', async () => {
    const anna = content.person();
    const photo = await content.photo(anna);
    const answer = await content.publish(anna, { text: 'Back soon.', media: [{ mediaId: photo }] });
    const { id, createdAt } = at<{ id: string; createdAt: string }>(answer, 'publishPost.post');
    await content.delete(anna, id);

    expect(at(await content.restore(anna, id), 'restorePost')).toEqual({
      __typename: 'RestorePostOk',
      post: { id, createdAt, text: 'Back soon.', revision: 1, media: [{ id: photo }] },
    });
    expect(await content.references(null, { __typename: 'Post', id })).toEqual([expect.objectContaining({ id })]);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['post.published', 'post.deleted', 'post.restored']);
    expect((await eventsOf(id))[2]!.payload).toEqual((await eventsOf(id))[0]!.payload);
  });

  it('may be done within ten minutes, not after', async () => {
    const anna = content.person();
    const [early, late] = [await content.post(anna), await content.post(anna)];
    await content.delete(anna, early);
    await content.delete(anna, late);
    content.time.offset = 9.9 * 60_000;
    expect(at(await content.restore(anna, early), 'restorePost.__typename')).toBe('RestorePostOk');
    content.time.offset = 10 * 60_000 + 1;
    expect(at(await content.restore(anna, late), 'restorePost')).toEqual(noSuchPost);
    content.time.offset = 0;
  });

  it('is nothing for what was not deleted, is somebody else’s or never was', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const [there, gone] = [await content.post(anna), await content.post(anna)];
    await content.delete(anna, gone);
    for (const [person, id] of [
      [anna, there],
      [binh, there],
      [binh, gone],
      [anna, toTypeId('post', newId())],
      [anna, ''],
    ] as const) {
      expect(at(await content.restore(person, id), 'restorePost')).toEqual(noSuchPost);
    }
    expect(codesOf(await content.restore(null, gone))).toEqual(['UNAUTHENTICATED']);
  });

  it('happens once, however many ask', async () => {
    const anna = content.person();
    const id = await content.post(anna);
    await content.delete(anna, id);
    const kinds = (await Promise.all(Array.from({ length: 10 }, () => content.restore(anna, id)))).map((answer) =>
      at(answer, 'restorePost.__typename'),
    );
    expect(kinds.filter((kind) => kind === 'RestorePostOk')).toHaveLength(1);
    expect(await eventsOf(id)).toHaveLength(3);
  });
});
