import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { SubgraphResult } from '../src/subgraphs.js';
import { SmallGraph } from './small-graph.js';

describe('an interface that a subgraph knows as an object', () => {
  const graph = new SmallGraph({
    core: {
      sdl: `
        type Query { accounts: [Account!]! }
        interface Account @key(fields: "id") { id: ID! name: String }
        type User implements Account @key(fields: "id") { id: ID! name: String age: Int }
        type Shop implements Account @key(fields: "id") { id: ID! name: String }`,
      resolvers: {
        Query: {
          accounts: () => [
            { __typename: 'User', id: 'u', name: 'Ada', age: 36 },
            { __typename: 'Shop', id: 's', name: 'Books' },
          ],
        },
        Account: {
          __resolveReference: ({ id }: { id?: unknown }) =>
            id === 'u' ? { __typename: 'User', id, name: 'Ada', age: 36 } : { __typename: 'Shop', id, name: 'Books' },
        },
      },
    },
    social: {
      sdl: `
        type Query { known: [Account!]! }
        type Account @key(fields: "id") @interfaceObject { id: ID! name: String @external greeting: String @requires(fields: "name") fans(first: Int): Int motto(loud: Boolean): String! }`,
      resolvers: {
        Query: { known: () => [{ id: 'u' }] },
        Account: {
          __resolveReference: (account) => account,
          greeting: ({ name }) => `Hello ${String(name)}`,
          fans: (_, { first }) => Number(first ?? 9),
          motto: ({ id }) => {
            if (id === 's') throw new Error('no motto');
            return 'Onwards';
          },
        },
      },
    },
  });

  it('leaves the objects their own type', async () => {
    const { data } = await graph.ask('{ accounts { __typename greeting ... on User { age fans(first: 1) } ... on Shop { fans } } }');
    expect(data).toEqual({
      accounts: [
        { __typename: 'User', greeting: 'Hello Ada', age: 36, fans: 1 },
        { __typename: 'Shop', greeting: 'Hello Books', fans: 9 },
      ],
    });
  });

  it('loses nothing of an object for a field that only others were asked for', async () => {
    const text = 'query ($n: Int, $loud: Boolean) { accounts { fans(first: $n) ... on User { motto(loud: $loud) } } }';
    const { data } = await graph.ask(text, { variables: { n: 4, loud: true } });
    expect(data).toEqual({ accounts: [{ fans: 4, motto: 'Onwards' }, { fans: 4 }] });
    const [, again] = graph.sent.filter(({ subgraph }) => subgraph === 'social');
    expect(again?.query).not.toContain('loud');
    expect(again?.variables).toEqual({ n: 4, representations: [{ __typename: 'Account', id: 's' }] });
  });

  it('asks whom it knows by their key alone for what needs no more, whatever failed elsewhere', async () => {
    const { data } = await graph.ask('{ accounts { id fans ... on Shop { greeting } } }', {}, ({ subgraph, query }) =>
      subgraph === 'core' && query.includes('accounts')
        ? {
            data: {
              accounts: [
                { __typename: 'User', id: 'u' },
                { __typename: 'Shop', id: 's', name: null },
              ],
            },
            errors: [{ message: 'no name', path: ['accounts', 1, 'name'] }],
          }
        : undefined,
    );
    expect(data).toEqual({
      accounts: [
        { id: 'u', fans: 9 },
        { id: 's', fans: 9, greeting: 'Hello null' },
      ],
    });
    expect(graph.sent.filter(({ subgraph }) => subgraph === 'social').map(({ query }) => query.includes('greeting'))).toEqual([
      true,
      false,
    ]);
  });

  it('does not ask again for an object whose only field failed', async () => {
    const { data } = await graph.ask('{ accounts { name ... on Shop { motto } } }');
    expect([data, graph.sent.filter(({ subgraph }) => subgraph === 'social')]).toEqual([null, [expect.anything()]]);
  });

  it('does not ask again for an object that the answer has no place for without the field', async () => {
    const { data } = await graph.ask('{ accounts { fans ... on Shop { motto } } }');
    expect([data, graph.sent.filter(({ subgraph }) => subgraph === 'social')]).toEqual([null, [expect.anything()]]);
  });

  it('has their type told by the subgraph that knows it', async () => {
    expect((await graph.ask('{ known { __typename fans ... on User { age } } }')).data).toEqual({
      known: [{ __typename: 'User', fans: 9, age: 36 }],
    });
  });
});

describe('a progressive override', () => {
  const graph = new SmallGraph({
    old: { sdl: 'type Query { a: String b: String }', resolvers: { Query: { a: () => 'old', b: () => 'old' } } },
    fresh: {
      sdl: 'type Query { a: String @override(from: "old", label: "percent(30)") b: String @override(from: "old", label: "beta") }',
      resolvers: { Query: { a: () => 'fresh', b: () => 'fresh' } },
    },
  });

  it.each([
    [{ roll: 29.9 }, { a: 'fresh', b: 'old' }],
    [{ roll: 30 }, { a: 'old', b: 'old' }],
    [
      { roll: 99, isOn: (label: string) => label === 'beta' },
      { a: 'old', b: 'fresh' },
    ],
  ])('is on for whom it is chosen: %j', async (overrides, expected) => {
    expect((await graph.ask('{ a b }', { overrides })).data).toEqual(expected);
  });
});

describe('arguments from a context', () => {
  const graph = new SmallGraph({
    shops: {
      sdl: `
        type Query { shops: [Shop!]! }
        type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String! items: [Item!]! }
        type Item @key(fields: "id") { id: ID! price(currency: String @fromContext(field: "$shop { currency }")): String! }`,
      resolvers: {
        Query: {
          shops: () => [
            { id: 1, currency: 'EUR', items: [{ id: 'a' }, { id: 'b' }] },
            { id: 2, currency: 'USD', items: [{ id: 'a' }] },
          ],
        },
        Item: { __resolveReference: (item) => item, price: (_, { currency }) => String(currency) },
      },
    },
  });

  it('are those of where an entity stands, not those of its twin', async () => {
    const { data } = await graph.ask('{ shops { items { id price } } }');
    expect(data).toEqual({
      shops: [
        {
          items: [
            { id: 'a', price: 'EUR' },
            { id: 'b', price: 'EUR' },
          ],
        },
        { items: [{ id: 'a', price: 'USD' }] },
      ],
    });
  });
});

describe('a supergraph', () => {
  it('with security directives is taken; what is inaccessible is not shown', () => {
    const { engine } = new SmallGraph({
      a: {
        sdl: `
          type Query { open: Int @tag(name: "x") mine: Int @authenticated admin: Int @requiresScopes(scopes: [["admin"]]) odd: Int @policy(policies: [["p"]]) gone: Int @inaccessible }`,
      },
    });
    expect(Object.keys(engine.schema.getQueryType()?.getFields() ?? {})).toEqual(['open', 'mine', 'admin', 'odd']);
    expect(engine.schema.getDirective('tag')).toBeUndefined();
  });

  it('whose subgraph has another key that it resolves is entered by that one', async () => {
    const graph = new SmallGraph({
      a: {
        sdl: 'type Query { things: [Thing!]! } type Thing @key(fields: "pair { one two }") @key(fields: "id") { id: ID! pair: Pair! label: String } type Pair @shareable { one: ID! two: ID! }',
        resolvers: { Query: { things: () => [{ id: '1', pair: { one: 'a', two: 'b' }, label: 'first' }] } },
      },
      b: {
        sdl: 'type Thing @key(fields: "id") @key(fields: "pair { one two }", resolvable: false) { id: ID! pair: Pair! price: Int } type Pair @shareable { one: ID! two: ID! }',
        resolvers: { Thing: { __resolveReference: ({ id }: { id?: unknown }) => (id === undefined ? null : { id, price: 5 }) } },
      },
    });
    expect((await graph.ask('{ things { label price } }')).data).toEqual({ things: [{ label: 'first', price: 5 }] });
  });

  it('is left alone when nothing is left to ask', async () => {
    const graph = new SmallGraph({
      a: { sdl: 'type Query { first: Int }', resolvers: { Query: { first: () => 1 } } },
    });
    expect((await graph.ask('{ __typename first @skip(if: true) }')).data).toEqual({ __typename: 'Query' });
  });

  it('whose interface is an object elsewhere gives what that subgraph knows of it without the others', async () => {
    const graph = new SmallGraph({
      a: {
        sdl: `
          type Query { item: Item! }
          type Item @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }`,
        resolvers: { Query: { item: () => ({ id: '1' }) } },
      },
      b: {
        sdl: `
          type Query { other: Other }
          interface Item @key(fields: "id") { id: ID! }
          type Bread implements Item @key(fields: "id") { id: ID! }
          type Other { field: String }`,
      },
    });
    expect((await graph.ask('{ item { id } }')).data).toEqual({ item: { id: '1' } });
  });

  it('keeps its plans', async () => {
    const { engine } = new SmallGraph({ a: { sdl: 'type Query { first: Int second: Int }' } });
    await engine.plan({ document: parse('{ first second }') });
    const plan = await engine.plan({ document: parse('{ first   second }') });
    expect(await engine.plan({ document: parse('{ first, second }') })).toBe(plan);
    expect(await engine.plan({ document: parse('{ second }') })).not.toBe(plan);
  });
});

describe('a live field', () => {
  const graph = new SmallGraph({
    live: {
      sdl: 'type Query { x: Int } type Subscription { turn(times: Int): Turn } type Turn { count: Int! by: Person } type Person @key(fields: "id", resolvable: false) { id: ID! }',
    },
    people: {
      sdl: 'type Person @key(fields: "id") { id: ID! name: String }',
      resolvers: { Person: { __resolveReference: ({ id }: { id?: unknown }) => ({ id, name: `Person ${String(id)}` }) } },
    },
  });
  const event = (count: number): SubgraphResult => ({ data: { A_t: { count, by: { __typename: 'Person', id: String(count) } } } });

  async function listen(query: string, events: readonly SubgraphResult[]): Promise<readonly unknown[]> {
    const plan = await graph.engine.plan({ document: parse(query) });
    const stream = await graph.engine.subscribe({
      plan,
      variables: {},
      fetch: graph.fetch(),
      listen: async () =>
        (async function* given() {
          yield* events;
        })(),
    });
    const results: unknown[] = [];
    if (!(Symbol.asyncIterator in stream)) return [stream];
    for await (const result of stream) results.push(result);
    return results;
  }

  it('has each event completed by the other subgraphs, in order', async () => {
    expect(await listen('subscription { t: turn { count by { name } } }', [event(1), event(2)])).toEqual([
      { data: { t: { count: 1, by: { name: 'Person 1' } } } },
      { data: { t: { count: 2, by: { name: 'Person 2' } } } },
    ]);
  });

  it('tells of an event that failed and goes on', async () => {
    const [failed, good] = await listen('subscription { t: turn { count } }', [
      { data: { A_t: null }, errors: [{ message: 'lost', path: ['A_t'] }] },
      event(2),
    ]);
    expect(failed).toMatchObject({ data: { t: null }, errors: [{ message: 'lost', path: ['t'] }] });
    expect(good).toEqual({ data: { t: { count: 2 } } });
  });

  it('is nothing that another operation has', async () => {
    expect(await listen('{ x }', [])).toMatchObject([{ errors: [{ message: 'This operation is not a subscription.' }] }]);
  });
});

describe('the answer as text', () => {
  const graph = new SmallGraph({
    a: {
      sdl: 'type Query { words: [String!]! box: Box any: Any count: Int } type Box { must: Int! name: ID } type Bag { name: ID } union Any = Box | Bag',
    },
  });
  const texts = async (query: string, data: object, isPlain = false): Promise<readonly string[]> => {
    const plan = await graph.engine.plan({ document: parse(query) });
    const fetch = async () => ({ data: structuredClone(data), isPlain });
    const once = () => graph.engine.executeText({ plan, variables: {}, fetch });
    const [first, second, third] = [await once(), await once(), await once()]; // the second and third are written by code made for them
    return [first, second, third];
  };

  it.each([
    ['{ words }', { words: ['plain', '"quoted"', 'line\nbreak', '\u2028', '\uD800', 'x'.repeat(60) + '\\'] }],
    ['{ any { ... on Box { must } ... on Bag { name } __typename } }', { any: { __typename: 'Bag', name: 5 } }],
    ['{ box { must name } count }', { box: { must: 1, name: 'n' }, count: null }],
    ['{ box { must } count }', { box: { must: null }, count: 1 }],
    ['{ box { must } count }', { box: { must: 'odd' }, count: 'odd' }],
    ['{ any { __typename } }', { any: { __typename: 'Ghost' } }],
    ['{ words __schema { queryType { name } } }', { words: [] }],
  ])('is that of the answer as data: %s %j', async (query, data) => {
    const plan = await graph.engine.plan({ document: parse(query) });
    const result = await graph.engine.execute({ plan, variables: {}, fetch: async () => ({ data: structuredClone(data) }) });
    for (const text of await texts(query, data)) expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(result)));
  });

  it('is written without a look at strings that are promised to be plain', async () => {
    expect((await texts('{ words }', { words: ['a', 'é'] }, true))[2]).toBe('{"data":{"words":["a","é"]}}');
  });
});
