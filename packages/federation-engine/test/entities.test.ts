import { describe, expect, it } from 'vitest';
import { errorPaths, SmallGraph } from './small-graph.js';

const PEOPLE = { 1: 'Ada', 2: 'Bob' } as const;

const graph = new SmallGraph({
  posts: {
    sdl: `
      type Query { posts: [Post!]! first: Post last: Post nested: [[Post]] nobody: Nobody }
      type Mutation { add(n: Int!): Int! }
      type Post @key(fields: "id") { id: ID! by: Person! also: Person length: Int }
      type Person @key(fields: "id", resolvable: false) { id: ID! }
      type Nobody { word: String }`,
    resolvers: {
      Query: {
        posts: () => [1, 2, 1].map((id, at) => ({ id: `p${at}`, by: { id }, also: at === 2 ? { id: 3 } : null, length: at })),
        first: () => ({ id: 'p0', by: { id: 1 } }),
        last: () => ({ id: 'p2', by: { id: 1 } }),
        nested: () => [[{ id: 'p0', by: { id: 1 } }, null], [{ id: 'p1', by: { id: 2 } }]],
      },
    },
  },
  people: {
    sdl: `
      type Person @key(fields: "id") { id: ID! name: String! nick: String boss: Person }
      type Post @key(fields: "id") { id: ID! length: Int @external isLong: Boolean @requires(fields: "length") rank: Int! }`,
    resolvers: {
      Person: {
        __resolveReference: ({ id }: { id?: unknown }) => (Number(id) === 3 ? null : { id, name: PEOPLE[Number(id) as 1 | 2] }),
        nick: ({ id }) => {
          if (Number(id) === 1) throw new Error('no nick');
          return 'B';
        },
        boss: () => ({ id: 2, name: 'Bob' }),
      },
      Post: { __resolveReference: (post) => post, isLong: ({ length }) => Number(length) > 0, rank: () => 1 },
    },
  },
});

describe('entities', () => {
  it('are asked for once, however often they are shown', async () => {
    const { data } = await graph.ask('{ posts { by { name } } first { by { name } } last { by { n: name } } }');
    expect(data).toEqual({
      posts: [{ by: { name: 'Ada' } }, { by: { name: 'Bob' } }, { by: { name: 'Ada' } }],
      first: { by: { name: 'Ada' } },
      last: { by: { n: 'Ada' } },
    });
    const [one] = graph.sent.filter(({ query }) => query.includes('_entities') && !query.includes('A_n'));
    expect(one?.variables['representations']).toHaveLength(2);
    expect(graph.sent.filter(({ subgraph }) => subgraph === 'people')).toHaveLength(2); // with `name`, and with `n`
  });

  it('share an error among all the places where they are shown', async () => {
    const result = await graph.ask('{ posts { by { known: nick } } first { by { known: nick } } }');
    expect(result.data).toEqual({
      posts: [{ by: { known: null } }, { by: { known: 'B' } }, { by: { known: null } }],
      first: { by: { known: null } },
    });
    expect(errorPaths(result)).toEqual(['first.by.known', 'posts.0.by.known', 'posts.2.by.known']);
  });

  it('that a subgraph does not know leave a null as far up as the types say', async () => {
    const { data } = await graph.ask('{ posts { also { name } } }');
    expect(data).toEqual({ posts: [{ also: null }, { also: null }, { also: null }] });
  });

  it('are found in lists within lists', async () => {
    const { data } = await graph.ask('{ nested { by { name } } }');
    expect(data).toEqual({ nested: [[{ by: { name: 'Ada' } }, null], [{ by: { name: 'Bob' } }]] });
  });

  it('are not asked for without what a field of theirs requires', async () => {
    const { data } = await graph.ask('{ first { isLong } posts { isLong } }', {}, ({ query }) =>
      query.includes('first') ? { data: { first: { __typename: 'Post', id: 'p0' }, posts: [] } } : undefined,
    );
    expect(data).toEqual({ first: { isLong: null }, posts: [] });
    expect(graph.sent).toHaveLength(1);
  });

  it('keep what needs nothing when a field that is left out would need something', async () => {
    const { data } = await graph.ask('query ($long: Boolean!) { posts { isLong @include(if: $long) rank } }', {
      variables: { long: false },
    });
    expect(data).toEqual({ posts: [{ rank: 1 }, { rank: 1 }, { rank: 1 }] });
  });

  it.each([
    ['no list', { data: {} }],
    ['too few', { data: { _entities: [] } }],
    ['a word', { data: { _entities: 'x' } }],
  ])('that come as %s are an error, and the rest stays', async (_, given) => {
    const { data, errors } = await graph.ask('{ first { id isLong } }', {}, ({ subgraph }) => (subgraph === 'people' ? given : undefined));
    expect(data).toEqual({ first: { id: 'p0', isLong: null } });
    expect(errors).toHaveLength(1);
  });

  it('that come as null are what their errors say', async () => {
    const result = await graph.ask('{ first { id isLong } }', {}, ({ subgraph }) =>
      subgraph === 'people' ? { data: null, errors: [{ message: 'closed', path: ['_entities', 0, 'isLong'] }] } : undefined,
    );
    expect(result.data).toEqual({ first: { id: 'p0', isLong: null } });
    expect(errorPaths(result)).toEqual(['first.isLong']);
  });
});

describe('variables', () => {
  it('reach a subgraph as the client gave them, those that it uses', async () => {
    await graph.ask('mutation ($a: Int!, $b: Int = 2, $skip: Boolean = false) { add(n: $a) b: add(n: $b) @skip(if: $skip) }', {
      variables: { a: 1, unused: 3 },
    });
    expect(graph.sent[0]?.variables).toEqual({ a: 1 });
  });

  it.each([
    [{}, { first: { id: 'p0' } }],
    [{ with: false }, {}],
    [{ with: true }, { first: { id: 'p0' } }],
  ])('decide what is included: %j', async (variables, expected) => {
    expect((await graph.ask('query ($with: Boolean = true) { first @include(if: $with) { id } }', { variables })).data).toEqual(expected);
  });

  it('that decide must be given', async () => {
    const { data, errors } = await graph.ask('query ($with: Boolean!) { first @include(if: $with) { id } }');
    expect([data, errors?.[0]?.message]).toEqual([undefined, 'Variable "$with" must be a Boolean.']);
  });
});

describe('mutations', () => {
  it('run one after the other', async () => {
    let total = 0;
    const order: number[] = [];
    const counting = new SmallGraph({
      a: {
        sdl: 'type Query { x: Int } type Mutation { addA(n: Int!): Int! }',
        resolvers: { Mutation: { addA: (_, { n }) => add(Number(n)) } },
      },
      b: { sdl: 'type Mutation { addB(n: Int!): Int! }', resolvers: { Mutation: { addB: (_, { n }) => add(Number(n)) } } },
    });
    const { data } = await counting.ask('mutation { one: addA(n: 1) two: addB(n: 2) three: addA(n: 3) }');
    expect([data, order]).toEqual([{ one: 1, two: 3, three: 6 }, [1, 2, 3]]);

    async function add(n: number): Promise<number> {
      await new Promise((done) => setTimeout(done, 10 - 3 * n));
      order.push(n);
      total += n;
      return total;
    }
  });
});
