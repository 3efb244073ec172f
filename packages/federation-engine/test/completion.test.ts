import { describe, expect, it } from 'vitest';
import { errorPaths, SmallGraph } from './small-graph.js';

const graph = new SmallGraph({
  one: {
    sdl: `
      type Query { box: Box must: Box! boxes: [Box] all: [Box!] any: [Any] matrix: [[Int!]] pick: Pick count: Int real: Float word: String yes: Boolean id: ID raw: Raw }
      union Any = Box | Bag
      type Box { name: String must: String! inner: Box innerMust: Box! list: [Box!] }
      type Bag { size: Int! }
      enum Pick { SHOWN HIDDEN @inaccessible }
      scalar Raw`,
  },
});

/** What comes of data that a subgraph gave. */
const answer = (query: string, data: object) => graph.ask(query, {}, () => ({ data: structuredClone(data) }));

describe('null where none may be', () => {
  it('takes the nearest place that may be null', async () => {
    expect(await answer('{ box { name inner { must } } }', { box: { name: 'a', inner: { must: null } } })).toEqual({
      data: { box: { name: 'a', inner: null } },
      extensions: { valueCompletion: [{ message: 'Cannot return null for non-nullable field Box.must.', path: ['box', 'inner', 'must'] }] },
    });
  });

  it.each([
    ['through objects', '{ box { innerMust { must } } }', { box: { innerMust: { must: null } } }, { box: null }],
    ['up to the data', '{ must { must } }', { must: { must: null } }, null],
    ['one element of a list', '{ boxes { must } }', { boxes: [{ must: 'a' }, { must: null }] }, { boxes: [{ must: 'a' }, null] }],
    ['a list whose elements may not be null', '{ all { must } }', { all: [{ must: 'a' }, { must: null }] }, { all: null }],
    ['a list within a list', '{ matrix }', { matrix: [[1, 2], [3, null], null] }, { matrix: [[1, 2], null, null] }],
    ['for what is not there', '{ box { innerMust { name } } }', { box: {} }, { box: null }],
  ])('%s', async (_, query, given, expected) => {
    expect((await answer(query, given)).data).toEqual(expected);
  });
});

describe('values that are not of their type', () => {
  it.each([
    ['count', 1.5, null],
    ['count', '1', null],
    ['count', 3, 3],
    ['real', 'NaN', null],
    ['real', 0.5, 0.5],
    ['word', 5, null],
    ['yes', 'true', null],
    ['yes', false, false],
    ['id', 5, 5],
    ['id', {}, null],
    ['pick', 'SHOWN', 'SHOWN'],
    ['pick', 'HIDDEN', null],
    ['pick', 'NOWHERE', null],
    ['raw', { any: ['thing'] }, { any: ['thing'] }],
  ])('%s: %j becomes %j', async (field, given, expected) => {
    expect((await answer(`{ ${field} }`, { [field]: given })).data).toEqual({ [field]: expected });
  });

  it.each([
    ['an object for a list', '{ boxes { name } }', { boxes: {} }, { boxes: null }],
    ['a word for an object', '{ box { name } }', { box: 'box' }, { box: null }],
    ['a list for an object', '{ box { name } }', { box: [] }, { box: null }],
    ['a type that the graph does not have', '{ any { __typename } }', { any: [{ __typename: 'Ghost' }] }, { any: [null] }],
    ['no type where one is needed', '{ any { __typename } }', { any: [{}] }, { any: [null] }],
  ])('%s', async (_, query, given, expected) => {
    expect((await answer(query, given)).data).toEqual(expected);
  });
});

describe('an answer', () => {
  it('has the fields in the order of the client, and of each type only its own', async () => {
    const { data } = await answer('{ b: any { ... on Bag { size } __typename ... on Box { name } } count }', {
      count: 1,
      A_b: [
        { name: 'x', __typename: 'Box' },
        { size: 1, __typename: 'Bag', secret: true },
      ],
    });
    expect(JSON.stringify(data)).toBe('{"b":[{"__typename":"Box","name":"x"},{"size":1,"__typename":"Bag"}],"count":1}');
  });

  it('cannot be used to write into what all objects have', async () => {
    await graph.ask('{ box { name } }', {}, () => ({
      data: JSON.parse('{"box":{"name":"a","__proto__":{"polluted":1}},"__proto__":{"polluted":1}}') as object,
    }));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('names the place of an error by the keys of the client', async () => {
    const result = await graph.ask('{ a: box { b: inner { c: name } } }', {}, () => ({
      data: { A_a: { A_b: { A_c: null } } },
      errors: [{ message: 'no', path: ['A_a', 'A_b', 'A_c'], extensions: { code: 'GONE' } }],
    }));
    expect(result.errors?.map((error) => error.toJSON())).toEqual([
      { message: 'no', path: ['a', 'b', 'c'], extensions: { code: 'GONE', serviceName: 'one' } },
    ]);
  });

  it.each([
    ['{ schema: __schema { queryType { name } } count }', { schema: { queryType: { name: 'Query' } }, count: 1 }],
    ['{ __type(name: "Bag") { fields { name } } __typename }', { __type: { fields: [{ name: 'size' }] }, __typename: 'Query' }],
    [
      '{ ... on Query { __schema { queryType { name } } } ...More } fragment More on Query { __schema { mutationType { name } } }',
      { __schema: { queryType: { name: 'Query' }, mutationType: null } },
    ],
    ['{ __type(name: "Pick") { enumValues { name } } }', { __type: { enumValues: [{ name: 'SHOWN' }] } }],
  ])('tells of the schema without asking a subgraph for it: %s', async (query, expected) => {
    expect((await answer(query, { count: 1 })).data).toEqual(expected);
  });

  it('may be told of by a variable', async () => {
    const { data } = await graph.ask('query ($name: String!) { __type(name: $name) { name } }', { variables: { name: 'Bag' } });
    expect(data).toEqual({ __type: { name: 'Bag' } });
    expect(graph.sent).toEqual([]);
  });
});

describe('a subgraph that does not answer as it should', () => {
  it.each([
    ['no data', { data: null }, { count: null }],
    ['nothing', {}, { count: null }],
    ['a list', { data: [] }, { count: null }],
  ])('%s', async (_, given, expected) => {
    expect((await graph.ask('{ count }', {}, () => given)).data).toEqual(expected);
  });

  it('that throws is one error, and what the others gave stays', async () => {
    const result = await graph.ask('{ count }', {}, () => {
      throw new Error('away');
    });
    expect(result.data).toEqual({ count: null });
    expect(errorPaths(result)).toEqual(['']);
    expect(result.errors?.[0]?.extensions).toEqual({ serviceName: 'one', code: 'DOWNSTREAM_SERVICE_ERROR' });
  });

  it('is not asked once the request was given up', async () => {
    const { data, errors } = await graph.ask('{ count }', { signal: AbortSignal.abort() });
    expect([data, errors?.length, graph.sent.length]).toEqual([{ count: null }, 1, 0]);
  });
});
