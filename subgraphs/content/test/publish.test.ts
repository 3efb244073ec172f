import { newId } from '@plaza/kernel/id';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, codesOf, type ContentUnderTest, openContent } from './content-under-test.js';

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
const counts = async () => content.sql<{ posts: number; events: number; keys: number; revisions: number }>`
  SELECT (SELECT count(*) FROM post) AS posts, (SELECT count(*) FROM outbox) AS events, (SELECT count(*) FROM idempotency) AS keys,
         (SELECT count(*) FROM post_revision) AS revisions`;

describe('publishing', () => {
  it('brings a post with all that was given', async () => {
    const anna = content.person('anna');
    const binh = content.person('binh');
    const [photo, product] = [await content.photo(anna), content.product()];
    const answer = await content.publish(anna, {
      text: 'Up here with @Binh! #Hoànghôn https://example.com/a#b',
      media: [{ mediaId: photo, altText: 'A ridge' }],
      audience: 'FOLLOWERS',
      contentWarning: 'heights',
      language: 'zh-hans',
      productIds: [product],
    });

    expect(answer.errors).toEqual([]);
    expect(at(answer, 'publishPost.post')).toEqual({
      id: expect.stringMatching(/^post_/),
      revision: 1,
      text: 'Up here with @Binh! #Hoànghôn https://example.com/a#b',
      audience: 'FOLLOWERS',
      createdAt: expect.stringMatching(/^20.*Z$/),
      editedAt: null,
      contentWarning: 'heights',
      isSensitive: true,
      language: 'zh-Hans',
      author: { id: anna.userId },
      media: [{ id: photo, altText: 'A ridge' }],
      products: [{ id: product }],
      entities: [
        { __typename: 'MentionEntity', start: 13, end: 18, user: { id: binh.userId } },
        { __typename: 'HashtagEntity', start: 20, end: 29, hashtag: { name: 'hoànghôn' } },
        { __typename: 'LinkEntity', start: 30, end: 53, url: 'https://example.com/a#b' },
      ],
    });
  });

  it('states the fact with the post, and nothing personal in it', async () => {
    const anna = content.person();
    const id = await content.post(anna, { text: 'secret words', audience: 'MUTUALS', language: 'vi' });

    expect(await eventsOf(id)).toEqual([
      {
        type: 'post.published',
        key: fromTypeId('post', id),
        payload: {
          postId: fromTypeId('post', id),
          authorId: anna.id,
          revision: 1,
          audience: 'MUTUALS',
          language: 'vi',
          createdAt: expect.any(String),
          mentionedUserIds: [],
        },
      },
    ]);
  });

  it('is for everybody when no audience is named', async () => {
    expect(at(await content.publish(content.person()), 'publishPost.post.audience')).toBe('PUBLIC');
  });

  it('needs somebody signed in', async () => {
    const answer = await content.publish(null);
    expect([answer.data, codesOf(answer)]).toEqual([{ publishPost: null }, ['UNAUTHENTICATED']]);
  });

  it('covers the media of a post with a content warning, and of no other', async () => {
    const anna = content.person();
    expect(at(await content.publish(anna, { contentWarning: 'food' }), 'publishPost.post.isSensitive')).toBe(true);
    expect(at(await content.publish(anna), 'publishPost.post.isSensitive')).toBe(false);
  });
});

describe('the same idempotency key', () => {
  it('brings the same post, whatever has become of what it names', async () => {
    const anna = content.person();
    const product = content.product();
    const input = { idempotencyKey: newId(), text: 'Once. @nobody', productIds: [product] };
    const first = at(await content.publish(anna, input), 'publishPost.post.id');
    content.world.products.clear();
    content.world.down.add('commerce').add('accounts');
    const again = await content.publish(anna, input);
    content.world.down.clear();

    expect(at(again, 'publishPost.post.id')).toBe(first);
    expect(await eventsOf(String(first))).toHaveLength(1);
  });

  it('is one post for twenty at once', async () => {
    const anna = content.person();
    const input = { idempotencyKey: newId(), text: 'Only once.' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => content.publish(anna, input)));
    const ids = new Set(answers.map((answer) => at(answer, 'publishPost.post.id')));

    expect([...ids]).toEqual([expect.stringMatching(/^post_/)]);
    expect(await content.sql`SELECT 1 FROM post WHERE author_id = ${anna.id}`).toHaveLength(1);
    expect(await eventsOf(String([...ids][0]))).toHaveLength(1);
  });

  it('is refused with another input', async () => {
    const anna = content.person();
    const idempotencyKey = newId();
    await content.publish(anna, { idempotencyKey, text: 'One thing.' });
    for (const other of [{ text: 'Another.' }, { text: 'One thing.', audience: 'ONLY_ME' }, { text: 'One thing.', contentWarning: 'x' }]) {
      expect(at(await content.publish(anna, { idempotencyKey, ...other }), 'publishPost')).toEqual({
        __typename: 'IdempotencyConflictError',
        code: 'IDEMPOTENCY_CONFLICT',
        message: expect.any(String),
      });
    }
  });

  it('means nothing to somebody else', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const input = { idempotencyKey: newId(), text: 'Mine.' };
    expect(await content.post(anna, input)).not.toBe(await content.post(binh, input));
  });

  it('is good for something new after 24 hours', async () => {
    const anna = content.person();
    const input = { idempotencyKey: newId(), text: 'Again.' };
    const first = await content.post(anna, input);
    await content.sql`UPDATE idempotency SET created_at = now() - interval '24 hours 1 second' WHERE viewer_id = ${anna.id}`;
    expect(await content.post(anna, input)).not.toBe(first);
  });

  it('does not bring back what its author deleted', async () => {
    const anna = content.person();
    const input = { idempotencyKey: newId(), text: 'Gone.' };
    await content.delete(anna, await content.post(anna, input));
    expect(at(await content.publish(anna, input), 'publishPost.fields.0.path')).toBe('idempotencyKey');
  });
});

describe('an input that breaks a rule', () => {
  it.each<[string, Record<string, unknown>]>([
    ['text', { text: 'x'.repeat(5_001) }],
    ['text', { text: '👍'.repeat(2_501) }],
    ['text', { text: '' }],
    ['text', { text: ' \n\t ' }],
    ['text', { text: 'half of a character: \ud83d' }],
    ['text', { text: 'a\0b' }],
    ['contentWarning', { contentWarning: '' }],
    ['contentWarning', { contentWarning: '  ' }],
    ['contentWarning', { contentWarning: 'x'.repeat(201) }],
    ['contentWarning', { contentWarning: 'a\0b' }],
    ['language', { language: 'english please' }],
    ['language', { language: '' }],
    ['language', { language: 'e' }],
    ['language', { language: 'x'.repeat(60) }],
    ['idempotencyKey', { idempotencyKey: 'short' }],
    ['idempotencyKey', { idempotencyKey: 'x'.repeat(101) }],
    ['idempotencyKey', { idempotencyKey: '12345678\0' }],
    ['media', { media: Array.from({ length: 21 }, () => ({ mediaId: toTypeId('media', newId()) })) }],
    ['media.0.mediaId', { media: [{ mediaId: toTypeId('media', newId()) }] }],
    ['media.0.mediaId', { media: [{ mediaId: 'media_!' }] }],
    ['media.0.mediaId', { media: [{ mediaId: toTypeId('post', newId()) }] }],
    ['productIds', { productIds: Array.from({ length: 11 }, () => toTypeId('product', newId())) }],
    ['productIds.0', { productIds: [toTypeId('product', newId())] }],
    ['productIds.0', { productIds: ['nonsense'] }],
  ])('is told so at %s', async (path, input) => {
    const before = await counts();
    const answer = await content.publish(content.person(), input);
    expect(at(answer, 'publishPost')).toMatchObject({ __typename: 'ValidationError', code: 'VALIDATION' });
    expect(at<{ path: string }[]>(answer, 'publishPost.fields').map((field) => field.path)).toContain(path);
    expect(await counts()).toEqual(before);
  });

  it('takes somebody else’s photo for one that never was', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const fields = async (mediaId: string) => at(await content.publish(anna, { media: [{ mediaId }] }), 'publishPost');
    expect(await fields(await content.photo(binh))).toEqual(await fields(toTypeId('media', newId())));
  });

  it('is told of every place at once', async () => {
    const anna = content.person();
    const photo = await content.photo(anna);
    const product = content.product();
    const answer = await content.publish(anna, {
      text: 'x'.repeat(5_001),
      contentWarning: '',
      media: [{ mediaId: photo, altText: 'x'.repeat(1_501) }, { mediaId: photo }, { mediaId: 'none' }],
      productIds: [product, product, 'none'],
    });
    expect(
      at<{ path: string }[]>(answer, 'publishPost.fields')
        .map((field) => field.path)
        .toSorted(),
    ).toEqual(['contentWarning', 'media.0.altText', 'media.1.mediaId', 'media.2.mediaId', 'productIds.1', 'productIds.2', 'text']);
  });

  it('may be as long as it may be', async () => {
    const anna = content.person();
    const media = await Promise.all(
      Array.from({ length: 10 }, async () => ({ mediaId: await content.photo(anna), altText: 'x'.repeat(1_500) })),
    );
    const answer = await content.publish(anna, {
      idempotencyKey: 'x'.repeat(100),
      text: '👍'.repeat(2_500),
      contentWarning: 'x'.repeat(200),
      media,
      productIds: Array.from({ length: 10 }, () => content.product()),
    });
    expect(at<{ id: string }[]>(answer, 'publishPost.post.media').map(({ id }) => id)).toEqual(media.map(({ mediaId }) => mediaId));
    expect(at(answer, 'publishPost.post.products')).toHaveLength(10);
  });

  it('may be empty beside a photo', async () => {
    const anna = content.person();
    expect(at(await content.publish(anna, { text: '', media: [{ mediaId: await content.photo(anna) }] }), 'publishPost.__typename')).toBe(
      'PublishPostOk',
    );
  });
});

describe('a mention', () => {
  const heard = async (postId: string) => (await eventsOf(postId)).at(-1)?.payload['mentionedUserIds'];

  it('is heard by whom the post is for', async () => {
    const [anna, fan, mutual, stranger] = [content.person(), content.person('fan'), content.person('mutual'), content.person('stranger')];
    content.follow(fan, anna);
    content.follow(mutual, anna);
    content.follow(anna, mutual);
    const text = `@fan @mutual @stranger @${anna.handle} @nobody_at_all`;

    expect(await heard(await content.post(anna, { text }))).toEqual([fan.id, mutual.id, stranger.id]);
    expect(await heard(await content.post(anna, { text, audience: 'FOLLOWERS' }))).toEqual([fan.id, mutual.id]);
    expect(await heard(await content.post(anna, { text, audience: 'MUTUALS' }))).toEqual([mutual.id]);
    expect(await heard(await content.post(anna, { text, audience: 'ONLY_ME' }))).toEqual([]);
  });

  it('is not heard where there is a block, whoever made it, nor by who is away', async () => {
    const [anna, blocker, blocked, gone] = [content.person(), content.person('blocker'), content.person('blocked'), content.person('gone')];
    content.block(blocker, anna);
    content.block(anna, blocked);
    content.world.states.set(gone.id, 'DEACTIVATED');
    expect(await heard(await content.post(anna, { text: '@blocker @blocked @gone' }))).toEqual([]);
  });

  it('is left out of the entities for whoever may not see the mentioned person', async () => {
    const [anna, binh, chen] = [content.person(), content.person('binh_2'), content.person()];
    const id = await content.post(anna, { text: '@binh_2 and #tag' });
    content.block(binh, chen);
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Post { entities { start ... on MentionEntity { user { id } } } } } }`;
    const seen = async (as: typeof anna | null) =>
      at(await content.ask(as, query, { representations: [{ __typename: 'Post', id }] }), '_entities.0.entities');

    expect(await seen(anna)).toEqual([{ start: 0, user: { id: binh.userId } }, { start: 12 }]);
    expect(await seen(null)).toEqual([{ start: 0, user: { id: binh.userId } }, { start: 12 }]);
    expect(await seen(chen)).toEqual([{ start: 12 }]);
  });

  it('cannot be settled while accounts is away: nothing is published', async () => {
    const anna = content.person();
    content.world.down.add('accounts');
    const answer = await content.publish(anna, { text: 'Hi @fan' });
    content.world.down.clear();
    expect(codesOf(answer)).toEqual(['UNAVAILABLE']);
    expect(await content.sql`SELECT 1 FROM post WHERE author_id = ${anna.id}`).toEqual([]);
  });
});

describe('a crash in the middle of publishing', () => {
  it('leaves neither post nor event nor key, and the same key may try again', async () => {
    const anna = content.person();
    const input = { idempotencyKey: newId(), text: 'All or nothing.', media: [{ mediaId: await content.photo(anna), altText: 'lost' }] };
    await content.publish(anna);
    const before = await counts();
    // The event is the last thing that is written.
    await content.sql`ALTER TABLE outbox ADD CONSTRAINT broken CHECK (type <> 'post.published') NOT VALID`;
    const answer = await content.publish(anna, input);
    await content.sql`ALTER TABLE outbox DROP CONSTRAINT broken`;

    expect(answer.data).toEqual({ publishPost: null });
    expect(codesOf(answer)).toEqual(['INTERNAL']);
    expect(JSON.stringify(answer.errors)).not.toMatch(/constraint|outbox|check/i);
    expect(await counts()).toEqual(before);
    expect(await content.sql`SELECT 1 FROM media WHERE alt_text = 'lost'`).toEqual([]);
    expect(at(await content.publish(anna, input), 'publishPost.__typename')).toBe('PublishPostOk');
  });
});

describe('who wants to be reminded of alt texts', () => {
  it('publishes no media without one, be it given now or before, and everybody else does', async () => {
    const [anna, binh] = [content.person(), content.person()];
    content.world.wantAltText.add(anna.id);
    const [photo, other] = [await content.photo(anna), await content.photo(anna)];
    const bare = await content.publish(anna, { media: [{ mediaId: photo, altText: 'A cat' }, { mediaId: other }] });
    expect(at(bare, 'publishPost')).toMatchObject({ __typename: 'ValidationError', fields: [{ path: 'media.1.altText' }] });
    expect(at(await content.publish(anna, { media: [{ mediaId: photo, altText: '' }] }), 'publishPost.__typename')).toBe('ValidationError');
    await content.post(anna, { media: [{ mediaId: photo, altText: 'A cat' }] });
    await content.post(anna, { media: [{ mediaId: photo }] });
    await content.post(binh, { media: [{ mediaId: await content.photo(binh) }] });
  });

  it('is not kept from publishing while nobody can say', async () => {
    const anna = content.person();
    content.world.wantAltText.add(anna.id);
    const media = [{ mediaId: await content.photo(anna) }];
    // Whether they are still there is known for a moment more.
    await content.post(anna);
    content.world.down.add('accounts');
    expect(at(await content.publish(anna, { media }), 'publishPost.__typename')).toBe('PublishPostOk');
    content.world.down.delete('accounts');
  });
});
