import { createHash, randomUUID } from 'node:crypto';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, printSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLASS_RULES, type TokenClass } from '../src/access/token-class.js';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { client } from './socket-client.js';
import { startWorld, type TokenChanges, type World } from './world.js';

const TRUSTED = '{ thing(id: "t1") { id } }';
const manifest = {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [{ id: createHash('sha256').update(TRUSTED).digest('hex'), name: 'Trusted', type: 'query', body: TRUSTED }],
};
const APP = randomUUID();
const OPEN = { requests: 0, seconds: 60 };

/** What a token of each class says. */
const CLAIMS: Readonly<Record<TokenClass, TokenChanges['claims'] | null>> = {
  guest: null,
  person: {},
  operator: { scope: 'full plaza:operator' },
  delegated: { client_id: APP, scope: 'read:me' },
  app: { client_id: APP, sub: APP, sid: undefined, scope: 'read:me' },
};
const CLASSES = Object.keys(CLASS_RULES) as TokenClass[]; // the table's own keys

let world: World;
let guarded: World;
beforeAll(async () => {
  const rate = { address: OPEN, account: OPEN, apps: { requests: 200, seconds: 60 } };
  world = await startWorld({ profile: 'production', limits: { costOfApps: 40, rate } });
  guarded = await startWorld({ manifest, gateway: { safelist: true } });
});
afterAll(async () => {
  await Promise.all([world.stop(), guarded.stop()]);
});

const tokenOf = async (which: TokenClass, where = world): Promise<{ readonly token?: string }> => {
  const claims = CLAIMS[which];
  return claims === null ? {} : { token: await where.token({ claims: claims ?? {} }) };
};
const codeOf = ({ body }: Awaited<ReturnType<World['post']>>): string | null => body.errors?.[0]?.extensions.code ?? null;

describe.each(CLASSES)('a token of the class %s', (which) => {
  const rules = CLASS_RULES[which];

  it(`asks the ${rules.contract} graph`, async () => {
    const answer = await world.post('{ thing(id: "t1") { id legacyId } }', await tokenOf(which));
    expect(codeOf(answer)).toBe(rules.contract === 'whole' ? null : 'BAD_USER_INPUT');
    expect(codeOf(await world.post('{ thing(id: "t1") { id title } }', await tokenOf(which)))).toBeNull();
  });

  it(`has the budget of ${rules.budget === 'own' ? 'Plaza’s own clients' : 'apps'} for one operation`, async () => {
    const answer = await world.post('{ heavy }', await tokenOf(which));
    expect(codeOf(answer)).toBe(rules.budget === 'own' ? null : 'COST_EXCEEDED');
    expect(DEFAULT_LIMITS.costOfApps).toBeLessThan(DEFAULT_LIMITS.cost);
  });

  it(`runs ${rules.documents} documents where the safelist is on`, async () => {
    const token = await tokenOf(which, guarded);
    expect(codeOf(await guarded.post(TRUSTED, token))).toBeNull();
    expect(codeOf(await guarded.post('{ thing(id: "t2") { id } }', token))).toBe(
      rules.documents === 'any' ? null : 'PERSISTED_QUERY_REQUIRED',
    );
  });

  it(`${rules.sockets ? 'may' : 'may not'} hold a socket, and asks there by the same rules`, async () => {
    const { token } = await tokenOf(which);
    const closes: number[] = [];
    const socket = client(world, token, 0, closes);
    const asked = socket.iterate({ query: '{ thing(id: "t1") { id legacyId } }' }).next();
    const answer = await asked.then(
      ({ value }) => (value?.errors?.[0] === undefined ? 'answered' : String(value.errors[0].extensions?.['code'])),
      (error: unknown) => (Array.isArray(error) ? 'BAD_USER_INPUT' : 'closed'),
    );
    expect(answer).toBe(rules.sockets ? (rules.contract === 'whole' ? 'answered' : 'BAD_USER_INPUT') : 'closed');
    await socket.dispose();
  });
});

describe('other people’s apps', () => {
  it('see the public schema, in every profile, and no name of the rest', async () => {
    const answer = await world.post(getIntrospectionQuery(), await tokenOf('app'));
    const shown = printSchema(buildClientSchema(answer.body.data as unknown as IntrospectionQuery)); // as tools read it
    expect(shown).toContain('members: String');
    expect(shown).toContain('title(upper: Boolean = false): String!');
    for (const name of ['legacyId', 'gate', 'Node', 'Other', 'Mutation', 'Subscription', 'admins']) expect(shown).not.toContain(name);
    expect(codeOf(await world.post(getIntrospectionQuery(), await tokenOf('person')))).toBe('BAD_USER_INPUT');
    const mixed = await world.post('{ __schema { queryType { name } } members }', await tokenOf('delegated'));
    expect(codeOf(mixed)).toBe('BAD_USER_INPUT');
  });

  it('hear of nothing else by a guess', async () => {
    const token = await tokenOf('delegated');
    for (const query of [
      '{ admin }',
      '{ thing(id: "t1") { legacyI } }',
      '{ thing(id: "t1") { ... on Othe { id } } }',
      'subscription { tick }',
    ]) {
      const { text } = await world.post(query, token);
      expect(text).toContain('BAD_USER_INPUT');
      for (const name of ['admins', 'legacyId', 'Other', 'ticks']) expect(text).not.toContain(name);
    }
  });

  it('get null at the path of what their scopes do not cover, and the rest', async () => {
    const token = await world.token({ claims: { client_id: APP, scope: 'read:something' } });
    const { body } = await world.post('{ mine: whoami members }', { token });
    expect(body.data).toEqual({ mine: null, members: 'for members' });
    expect(body.errors).toMatchObject([{ path: ['mine'], extensions: { code: 'INSUFFICIENT_SCOPE' } }]);
  });

  it('ask in the place of the person who let them, or of nobody', async () => {
    const query = '{ whoami members }';
    const delegated = await world.post(query, await tokenOf('delegated'));
    expect(delegated.body).toMatchObject({ data: { whoami: world.viewer.id, members: 'for members' } });
    const own = await world.post(query, await tokenOf('app'));
    expect(own.body).toMatchObject({ data: { whoami: null, members: null }, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('are not somebody by leaving the session away', async () => {
    for (const claims of [{ sid: undefined }, { sid: undefined, client_id: APP }, { sid: undefined, client_id: 'plaza', sub: 'plaza' }])
      expect((await world.post('{ members }', { token: await world.token({ claims }) })).status).toBe(401);
  });

  it('end with the grant that they are by', async () => {
    const sid = randomUUID();
    const narrow = await startWorld();
    narrow.state.revoked.add(sid);
    const token = await narrow.token({ claims: { client_id: APP, sid } });
    await expect.poll(async () => (await narrow.post('{ members }', { token })).status, { timeout: 60_000 }).toBe(401);
    await narrow.stop();
  });

  it('are counted apart from the person, and from other apps', async () => {
    const narrow = await startWorld({ limits: { rate: { address: OPEN, account: OPEN, apps: { requests: 1, seconds: 60 } } } });
    const one = { token: await narrow.token({ claims: { client_id: APP } }) };
    const other = { token: await narrow.token({ claims: { client_id: randomUUID() } }) };
    expect(codeOf(await narrow.post('{ members }', one))).toBeNull();
    expect(codeOf(await narrow.post('{ members }', one))).toBe('RATE_LIMITED');
    expect(codeOf(await narrow.post('{ members }', other))).toBeNull();
    expect(codeOf(await narrow.post('{ members }', { token: await narrow.token() }))).toBeNull();
    await narrow.stop();
  });
});
