import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import { countingStatements } from '@plaza/db/statements';
import { fromTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { at, type ContentUnderTest, openContent, type Person } from './content-under-test.js';

let databases: TestDatabases<'content'>;
let content: ContentUnderTest;
let reader: Person;
const posts: string[] = [];

beforeAll(async () => {
  databases = await createDatabases(['content']);
  content = await openContent(databases.urls.content);
  reader = content.person();
  const authors = Array.from({ length: 10 }, () => content.person());
  const friend = content.person('friend');
  for (const author of authors) content.follow(reader, author);
  const photos = await Promise.all(authors.map(async (author) => [await content.photo(author), await content.photo(author)]));
  const product = content.product();
  for (let index = 0; index < 100; index += 1) {
    const author = authors[index % 10]!;
    const media = photos[index % 10]!.map((mediaId) => ({ mediaId }));
    posts.push(
      await content.post(author, {
        text: `@${friend.handle} #tag ${index}`,
        media,
        audience: index % 2 === 0 ? 'PUBLIC' : 'FOLLOWERS',
        productIds: [product],
      }),
    );
  }
});
afterAll(async () => {
  await content.close();
  await databases.drop();
});

/** What Home asks of content, and more. */
const hydrate = `query ($posts: [_Any!]!) { _entities(representations: $posts) { ... on Post {
  id gate text createdAt revision audience author { id } media { id kind blurhash altText url(width: 640) variants { url } }
  products { id } entities { start ... on MentionEntity { user { id } } } revisions(first: 3) { edges { node { text } } } } } }`;

it('reads 1, 20 and 100 posts with everything on them in the same number of statements and calls', async () => {
  const seen: unknown[] = [];
  for (const count of [1, 20, 100]) {
    content.world.epoch += 1;
    content.world.asked.length = 0;
    const { result, statements } = await countingStatements(() =>
      content.ask(reader, hydrate, { posts: posts.slice(0, count).map((ref) => ({ __typename: 'Post', ref })) }),
    );
    expect(result.errors).toEqual([]);
    expect(at<unknown[]>(result, '_entities').filter((post) => post !== null)).toHaveLength(count);
    // States may be fresh from the round before.
    seen.push([statements, content.world.asked.filter((name) => name !== 'accounts.userStates').length]);
  }
  expect(seen).toEqual([seen[0], seen[0], seen[0]]);
  // Posts, their media, their revisions.
  expect(seen[0]).toEqual([3, expect.any(Number)]);
});

it('answers another subgraph for 1 and 100 posts in one statement', async () => {
  for (const count of [1, 100]) {
    const postIds = posts.slice(0, count).map((id) => fromTypeId('post', id)!);
    const { result, statements } = await countingStatements(() => content.call(reader, visiblePosts, { postIds }));
    expect([result.posts.length, statements]).toEqual([count, 1]);
  }
});
