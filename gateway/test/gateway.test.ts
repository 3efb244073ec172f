import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.state.dead.clear();
  world.state.deadCalls.clear();
  world.fetches.length = 0;
});

describe('one graph over two subgraphs', () => {
  it('answers a guest with fields of both', async () => {
    const { status, body } = await world.post('{ thing(id: "t1") { id title name score(of: 3) gated friends { id title } } }');
    expect(body).toEqual({
      data: {
        thing: {
          id: 't1',
          title: 'Title t1',
          name: 'Name of t1',
          score: 3,
          gated: 'open',
          friends: [
            { id: 't2', title: 'Title t2' },
            { id: 't3', title: 'Title t3' },
          ],
        },
      },
    });
    expect(status).toBe(200);
  });

  it('says the same for what is hidden and what never was', async () => {
    const { body } = await world.post('{ thing(id: "nope") { id name } }');
    expect(body).toEqual({ data: { thing: null } });
  });

  it('signs for each fetch who asks, under the id of the request', async () => {
    const id = '0190b1f0-0000-7000-8000-000000000001';
    const { headers } = await world.post('{ whoami thing(id: "t1") { name } }', {
      token: await world.token(),
      headers: { 'x-request-id': id, 'user-agent': 'test/1' },
    });
    expect(headers.get('x-request-id')).toBe(id);
    expect(world.fetches.map(({ subgraph }) => subgraph)).toEqual(['accounts', 'social']);
    for (const { claims } of world.fetches) {
      expect(claims).toMatchObject({ issuer: 'gateway', requestId: id, userAgent: 'test/1', address: '127.0.0.1' });
      expect(claims.viewer).toEqual({ id: world.viewer.id, sessionId: world.viewer.sessionId, epoch: 1, scopes: ['full'] });
    }
  });

  it('makes an id of its own when the client sends none that is a UUID', async () => {
    const { headers } = await world.post('{ __typename }', { headers: { 'x-request-id': '<script>' } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/u);
  });
});

describe('an alias never reaches a key', () => {
  it('gives the thing its own name, whatever the client calls its fields', async () => {
    const { body } = await world.post('{ thing(id: "t1") { id: legacyId name } }');
    expect(body).toEqual({ data: { thing: { id: 'legacy-t1', name: 'Name of t1' } } });
  });

  it('keeps a gate out of reach of aliases', async () => {
    const { body } = await world.post('{ thing(id: "t1") { gate: title __typename: title gated } }');
    expect(body.errors).toBeUndefined();
    expect(body.data).toMatchObject({ thing: { gate: 'Title t1', gated: 'open' } });
  });

  it('renames in lists, fragments, introspection and error paths', async () => {
    const { body } = await world.post(`
      { a: things { ...F } s: __schema { q: queryType { n: name } } b: breaks }
      fragment F on Thing { x: title(upper: true) y: friends { z: id } }`);
    expect(body.data).toMatchObject({ a: [{ x: 'TITLE T1', y: [{ z: 't2' }, { z: 't3' }] }, {}, {}], s: { q: { n: 'Query' } }, b: null });
    expect(body.errors).toMatchObject([{ path: ['b'], extensions: { code: 'INTERNAL' } }]);
  });
});

describe('fields that want a viewer', () => {
  const denied = (path: readonly (string | number)[]) => ({ message: 'Sign in first.', path, extensions: { code: 'UNAUTHENTICATED' } });

  it('are null for a guest, with an error at their path, and the rest is there', async () => {
    const { body, status } = await world.post('{ members whoami thing(id: "t1") { title hidden } }');
    expect(status).toBe(200);
    expect(body).toEqual({
      data: { members: null, whoami: null, thing: { title: 'Title t1', hidden: null } },
      errors: [denied(['members']), denied(['thing', 'hidden'])],
    });
    expect(world.fetches.map(({ query }) => query).join()).not.toMatch(/\bhidden|members/u);
  });

  it('are given to a viewer', async () => {
    const { body } = await world.post('{ members thing(id: "t1") { hidden strict } }', { token: await world.token() });
    expect(body).toEqual({ data: { members: 'for members', thing: { hidden: 'hidden t1', strict: 'strict t1' } } });
  });

  it('take the next place that may be null where they may not', async () => {
    const { body } = await world.post('{ thing(id: "t1") { title strict } whoami }');
    expect(body).toEqual({ data: { thing: null, whoami: null }, errors: [denied(['thing', 'strict'])] });
    const deep = await world.post('{ tree { label next { label must { name } } } }');
    expect(deep.body).toEqual({ data: { tree: { label: 'level 3', next: null } }, errors: [denied(['tree', 'next', 'must', 'name'])] });
  });

  it('take the whole answer where nothing around them may be null', async () => {
    const { body } = await world.post('{ things { strict } }');
    expect(body.data).toBeNull();
    expect(body.errors?.[0]).toEqual(denied(['things', 0, 'strict']));
  });

  it.each([
    ['an alias', '{ thing(id: "t1") { open: hidden } }'],
    ['an alias of an innocent name', '{ thing(id: "t1") { title: hidden } }'],
    ['a named fragment', '{ thing(id: "t1") { ...F } } fragment F on Thing { hidden }'],
    ['an inline fragment without a type', '{ thing(id: "t1") { ... { hidden } } }'],
    ['@include', 'query ($yes: Boolean = true) { thing(id: "t1") { hidden @include(if: $yes) } }'],
    ['an interface', '{ node(id: "t1") { ... on Thing { hidden } } }'],
    ['a fragment on the interface', '{ node(id: "t1") { ...N } } fragment N on Node { ... on Thing { hidden } }'],
    ['a union', '{ anything { ... on Thing { hidden } } }'],
    ['a field of another subgraph', '{ thing(id: "t2") { friends { hidden } } }'],
    ['a list', '{ things { hidden } }'],
  ])('cannot be reached through %s', async (_way, query) => {
    const { text, body } = await world.post(query);
    expect(text).not.toContain('hidden t');
    expect(body.errors?.every(({ extensions }) => extensions.code === 'UNAUTHENTICATED')).toBe(true);
    expect(body.errors?.length).toBeGreaterThan(0);
  });

  it('leave objects of other types alone', async () => {
    const { body } = await world.post('{ anything { __typename ... on Thing { hidden } ... on Other { hidden } } }');
    expect(body).toEqual({
      data: {
        anything: [
          { __typename: 'Thing', hidden: null },
          { __typename: 'Other', hidden: 'not hidden' },
        ],
      },
      errors: [denied(['anything', 0, 'hidden'])],
    });
  });

  it('are not spoken of where they are skipped', async () => {
    const { body } = await world.post('query ($no: Boolean = false) { whoami thing(id: "t1") { title hidden @include(if: $no) } }');
    expect(body).toEqual({ data: { whoami: null, thing: { title: 'Title t1' } } });
  });

  it('keep a guest from a mutation: nothing is sent', async () => {
    const { body } = await world.post('mutation { change(value: "x") { id } }');
    expect(body).toEqual({ data: { change: null }, errors: [denied(['change'])] });
    expect(world.fetches).toEqual([]);
  });

  it('want the scopes that they name', async () => {
    const plain = await world.post('{ admins }', { token: await world.token() });
    expect(plain.body).toEqual({
      data: { admins: null },
      errors: [{ message: 'The access token does not cover this.', path: ['admins'], extensions: { code: 'INSUFFICIENT_SCOPE' } }],
    });
    expect((await world.post('{ admins }')).body.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    for (const scope of ['admin', 'full root']) {
      expect((await world.post('{ admins }', { token: await world.token({ claims: { scope } }) })).body.data).toEqual({
        admins: 'for admins',
      });
    }
  });
});

describe('what goes wrong behind the gateway', () => {
  it('shows a code and an id, nothing of what happened', async () => {
    const { text, body } = await world.post('{ breaks whoami }');
    expect(body.data).toEqual({ breaks: null, whoami: null });
    expect(body.errors).toEqual([
      { message: 'Something went wrong on our side.', path: ['breaks'], extensions: { code: 'INTERNAL', errorId: expect.any(String) } },
    ]);
    expect(text).not.toMatch(/secrets|postgres|stack|serviceName|accounts/u);
  });

  it('gives the rest while a subgraph is away, and says where something is missing', async () => {
    world.state.dead.add('social');
    const { status, text, body } = await world.post('{ things { title name n: score } }');
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ things: [{ title: 'Title t1', name: null, n: null }, {}, {}] });
    expect(body.errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual(
      [0, 1, 2].flatMap((index) => [
        [['things', index, 'name'], 'UNAVAILABLE'],
        [['things', index, 'n'], 'UNAVAILABLE'],
      ]),
    );
    expect(text).not.toMatch(/social|ECONNREFUSED|internal|4101/u);
  });

  it('gives null at the root for a dead owner', async () => {
    world.state.dead.add('accounts');
    const { body } = await world.post('{ w: whoami thing(id: "t1") { name } }');
    expect(body.data).toEqual({ w: null, thing: null });
    expect(body.errors?.map(({ path }) => path)).toEqual([['w'], ['thing']]);
  });

  it('never sends more than 50 errors', async () => {
    world.state.dead.add('social');
    const fields = Array.from({ length: 20 }, (_, index) => `n${index}: name`).join(' ');
    const { body } = await world.post(`{ things { ${fields} } }`);
    expect(body.errors).toHaveLength(50);
  });
});

describe('the relation epoch', () => {
  it('is read once for a query, and again before each later fetch of a mutation', async () => {
    const token = await world.token();
    world.state.epoch = 7;
    const query = await world.post('{ epoch thing(id: "t1") { epoch } }', { token });
    expect(query.body.data).toEqual({ epoch: 7, thing: { epoch: 7 } });
    world.calls.length = 0;
    const mutation = world.post('mutation { change(value: "x") { epoch } }', { token });
    world.state.epoch = 8;
    expect((await mutation).body.data).toEqual({ change: { epoch: 8 } });
    expect(world.calls.filter((call) => call === 'social.relationEpochs')).toHaveLength(2);
  });

  it('goes on for a minute while its owner is away, then the answer is UNAVAILABLE', async () => {
    const token = await world.token({ lifetimeSeconds: 600 });
    world.state.epoch = 9;
    await world.post('{ epoch }', { token });
    world.state.deadCalls.add('social.relationEpochs');
    world.state.now += 59_000;
    expect((await world.post('{ epoch }', { token })).body.data).toEqual({ epoch: 9 });
    world.state.now += 2_000;
    const late = await world.post('{ epoch }', { token });
    expect([late.status, late.body]).toEqual([
      503,
      { errors: [{ message: 'A part of this answer is unavailable now.', extensions: { code: 'UNAVAILABLE' } }] },
    ]);
    expect((await world.post('{ whoami }')).status).toBe(200);
    world.state.deadCalls.clear();
    expect((await world.post('{ epoch }', { token })).body.data).toEqual({ epoch: 9 });
  });

  it('of a mutation is never an old one', async () => {
    const token = await world.token();
    await world.post('{ epoch }', { token });
    world.state.deadCalls.add('social.relationEpochs');
    const { body } = await world.post('mutation { change(value: "x") { title epoch name } }', { token });
    expect(body.data).toEqual({ change: { title: 'Title t1', epoch: null, name: null } });
    expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
  });
});
