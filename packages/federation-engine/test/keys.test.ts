import { describe, expect, it } from 'vitest';
import { SmallGraph } from './small-graph.js';

const graph = new SmallGraph({
  catalogue: {
    sdl: `
      type Query { thing: Thing things: [Thing!]! priced: Priced }
      type Thing @key(fields: "id") { id: ID! legacyId: ID! other: Thing }
      type Priced @key(fields: "id") { id: ID! price(currency: String!): Int weight: Int }`,
    resolvers: {
      Query: {
        thing: () => ({ id: 'new', legacyId: 'old' }),
        things: () => [{ id: 'new', legacyId: 'old' }],
        priced: () => ({ id: 'p', weight: 2 }),
      },
      Priced: {
        price: (_, { currency }) => (currency === 'USD' ? 10 : currency === 'EUR' ? 20 : 30),
      },
    },
  },
  names: {
    sdl: `
      type Thing @key(fields: "id") { id: ID! name: String constructor: Int }
      type Priced @key(fields: "id") { id: ID! price(currency: String!): Int @external weight: Int @external
        dollars: Int @requires(fields: "price(currency: \\"USD\\") weight") euros: Int @requires(fields: "price(currency: \\"EUR\\") weight") }`,
    resolvers: {
      Thing: {
        __resolveReference: ({ id }: { id?: unknown }) => ({ id, name: `name of ${String(id)}`, constructor: 7 }),
      },
      Priced: {
        __resolveReference: (reference) => reference,
        dollars: ({ price, weight }) => Number(price) * Number(weight),
        euros: ({ price, weight }) => Number(price) * Number(weight),
      },
    },
  },
  sums: {
    sdl: `type Priced @key(fields: "id") { id: ID! dollars: Int @external twice: Int @requires(fields: "dollars") }`,
    resolvers: { Priced: { __resolveReference: (reference) => reference, twice: ({ dollars }) => Number(dollars) * 2 } },
  },
});

describe('the keys of a client', () => {
  it('are never taken for the keys of an entity', async () => {
    const { data } = await graph.ask('{ thing { id: legacyId a: id name } }');
    expect(data).toEqual({ thing: { id: 'old', a: 'new', name: 'name of new' } });
    expect(graph.representations('names')).toEqual([{ __typename: 'Thing', id: 'new' }]);
  });

  it('may be any name at all', async () => {
    const { data } = await graph.ask('{ __proto__: thing { constructor toString: name __proto__: id hasOwnProperty: __typename } }');
    expect(JSON.stringify(data)).toBe(
      '{"__proto__":{"constructor":7,"toString":"name of new","__proto__":"new","hasOwnProperty":"Thing"}}',
    );
  });

  it('may name one field several times, with other selections each', async () => {
    const { data } = await graph.ask('{ a: thing { id } b: thing { name } thing { name: id } }');
    expect(data).toEqual({ a: { id: 'new' }, b: { name: 'name of new' }, thing: { name: 'new' } });
  });
});

describe('arguments', () => {
  it('of the client are not those that another field requires', async () => {
    const { data } = await graph.ask('{ priced { price(currency: "GBP") dollars } }');
    expect(data).toEqual({ priced: { price: 30, dollars: 20 } });
  });

  it('that two fields require differently are asked for one by one', async () => {
    const { data } = await graph.ask('{ priced { id dollars euros price(currency: "GBP") } }');
    expect(data).toEqual({ priced: { id: 'p', dollars: 20, euros: 40, price: 30 } });
  });

  it('that are required by what is required count as well', async () => {
    const { data } = await graph.ask('{ priced { euros twice } }');
    expect(data).toEqual({ priced: { euros: 40, twice: 40 } });
  });
});
