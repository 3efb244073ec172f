import { countingStatements } from '@plaza/db/statements';
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

const query = `query ($users: [_Any!]!, $first: Int!, $after: String) { _entities(representations: $users) {
  ... on User { posts(first: $first, after: $after) { edges { cursor node { id text } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`;
interface PostsPage {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string; readonly text: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly startCursor: string | null; readonly endCursor: string | null };
}
const ask = (as: Person | null, users: readonly Person[], first: number, after: string | null = null) =>
  content.ask(as, query, { users: users.map(({ userId: id }) => ({ __typename: 'User', id })), first, after });
const page = async (as: Person | null, user: Person, first: number, after: string | null = null) =>
  at<PostsPage>(await ask(as, [user], first, after), '_entities.0.posts');

async function all(as: Person | null, user: Person, first: number): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { edges, pageInfo }: PostsPage = await page(as, user, first, after);
    seen.push(...edges.map(({ node }) => node.text));
    [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  return seen;
}

describe('the posts of a person', () => {
  it('come the newest first, in full pages of what the viewer may see', async () => {
    const [anna, fan] = [content.person(), content.person()];
    content.follow(fan, anna);
    for (let index = 0; index < 30; index += 1)
      await content.post(anna, { text: String(index), audience: index % 3 === 0 ? 'PUBLIC' : index % 3 === 1 ? 'FOLLOWERS' : 'ONLY_ME' });
    const newest = Array.from({ length: 30 }, (_, index) => 29 - index);

    const first = await page(null, anna, 7);
    expect(first.edges.map(({ node }) => Number(node.text))).toEqual(newest.filter((n) => n % 3 === 0).slice(0, 7));
    expect(first.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: first.edges[0]!.cursor,
      endCursor: first.edges.at(-1)!.cursor,
    });
    expect((await all(null, anna, 3)).map(Number)).toEqual(newest.filter((n) => n % 3 === 0));
    expect((await all(fan, anna, 7)).map(Number)).toEqual(newest.filter((n) => n % 3 !== 2));
    expect((await all(anna, anna, 100)).map(Number)).toEqual(newest);
  });

  it('bring nothing twice and miss nothing of one millisecond', async () => {
    const anna = content.person();
    for (let index = 0; index < 9; index += 1) await content.post(anna, { text: String(index) });
    await content.sql`UPDATE post SET created_at = '2026-01-01T00:00:00Z' WHERE author_id = ${anna.id}`;
    expect((await all(null, anna, 2)).map(Number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('are an empty page where there is none, and none was asked for', async () => {
    const anna = content.person();
    const empty = { edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null } };
    expect(await page(null, anna, 5)).toEqual(empty);
    await content.post(anna);
    expect(await page(null, anna, 0)).toEqual({ ...empty, pageInfo: { ...empty.pageInfo, hasNextPage: true } });
  });

  it.each([
    [101, null],
    [-1, null],
    [1, 'nonsense'],
    [1, Buffer.from('2026-01-01T00:00:00.000Z x').toString('base64url')],
  ])('are refused for first %s after %s', async (first, after) => {
    expect(codesOf(await ask(null, [content.person()], first, after))).toEqual(['BAD_USER_INPUT']);
  });

  it('lack what is deleted', async () => {
    const anna = content.person();
    const id = await content.post(anna, { text: 'gone' });
    await content.post(anna, { text: 'here' });
    await content.delete(anna, id);
    expect(await all(anna, anna, 10)).toEqual(['here']);
  });

  it('take as many statements for twenty people as for one, each with their own audiences', async () => {
    const fan = content.person();
    const people = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const person = content.person();
        if (index % 2 === 0) content.follow(fan, person);
        for (const audience of ['PUBLIC', 'FOLLOWERS', 'MUTUALS']) await content.post(person, { text: audience, audience });
        return person;
      }),
    );
    const one = await countingStatements(() => ask(fan, people.slice(0, 1), 1));
    const twenty = await countingStatements(() => ask(fan, people, 50));

    expect(twenty.statements).toBe(one.statements);
    const texts = at<{ posts: PostsPage }[]>(twenty.result, '_entities').map(({ posts }) => posts.edges.map(({ node }) => node.text));
    expect(texts).toEqual(people.map((_, index) => (index % 2 === 0 ? ['FOLLOWERS', 'PUBLIC'] : ['PUBLIC'])));
  });
});
