import { randomUUID } from 'node:crypto';
import { setUserState, usersByHandle, userStates } from '@plaza/calls/contracts/accounts.calls';
import { countingStatements } from '@plaza/db/statements';
import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { STRANGERS } from '@plaza/visibility/relation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsUnderTest, type Answer, at, type Door, openAccounts, type Person } from './accounts-under-test.js';

let databases: TestDatabases<'accounts'>;
let accounts: AccountsUnderTest;
let anna: Person;
let binh: Person;

beforeAll(async () => {
  databases = await createDatabases(['accounts']);
  accounts = await openAccounts(databases.urls.accounts);
  [anna, binh] = [await accounts.newPerson('anna'), await accounts.newPerson('binh')];
});
afterAll(async () => {
  await accounts.close();
  await databases.drop();
});

const entities = (representations: readonly unknown[], door: Door = {}): Promise<Answer> =>
  accounts.ask(
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id handle displayName } ... on Viewer { id email } } }',
    { r: representations },
    door,
  );

/** A person by each way in. */
async function paths(userId: string, handle: string, door: Door): Promise<readonly string[]> {
  const id = toTypeId('user', userId);
  const answers = [
    (await accounts.ask('query ($handle: String!) { user(handle: $handle) { id displayName } }', { handle }, door)).data,
    (await accounts.ask('query ($handle: String!) { user(handle: $handle) { __typename } }', { handle: `@${handle.toUpperCase()}` }, door))
      .data,
    (await accounts.ask('query ($id: ID!) { node(id: $id) { __typename } }', { id }, door)).data,
    (await accounts.ask('query ($id: ID!) { node(id: $id) { id ... on User { handle } } }', { id }, door)).data,
    (await entities([{ __typename: 'User', id }], door)).data,
  ];
  return answers.map((answer) => JSON.stringify(answer));
}

describe('a person', () => {
  it('can be found by handle, with or without the @, and by id', async () => {
    const id = toTypeId('user', anna.id);

    for (const answer of await paths(anna.id, 'anna', { as: binh })) expect(answer).not.toMatch(/null/u);
    expect(at(await accounts.ask('query ($id: ID!) { node(id: $id) { id __typename } }', { id }), 'node')).toEqual({
      id,
      __typename: 'User',
    });
  });

  it.each(['SUSPENDED', 'DEACTIVATED', 'ERASED'] as const)('is as if they never were for others while %s, on every way', async (state) => {
    const hidden = await accounts.newPerson(`hidden_${state.toLowerCase()}`);
    await accounts.call(setUserState, { userId: hidden.id, state });
    const never = await paths(newId(), 'never_was', { as: binh });

    expect(await paths(hidden.id, `hidden_${state.toLowerCase()}`, { as: binh })).toEqual(never);
    expect(await paths(hidden.id, `hidden_${state.toLowerCase()}`, { as: null })).toEqual(never);
  });

  it('is as if they never were for those whom they block, and still there for those who block them', async () => {
    accounts.world.relations.set(`${anna.id} ${binh.id}`, { ...STRANGERS, blocks: true });
    const never = await paths(newId(), 'never_was', { as: binh });
    const other = await accounts.newPerson('blocked_viewer');
    accounts.world.relations.set(`${other.id} ${anna.id}`, { ...STRANGERS, isBlockedBy: true });

    expect(await paths(anna.id, 'anna', { as: other })).toEqual(never);
    for (const answer of await paths(binh.id, 'binh', { as: anna })) expect(answer).not.toMatch(/null/u);
    accounts.world.relations.clear();
  });

  it('is unavailable, never missing, when social does not answer', async () => {
    const viewer = await accounts.newPerson('lonely');
    accounts.world.isSocialUp = false;
    const answer = await accounts.ask('{ user(handle: "anna") { id } }', {}, { as: viewer });
    accounts.world.isSocialUp = true;

    expect(answer.errors.map(({ extensions }) => extensions['code'])).toEqual(['UNAVAILABLE']);
    expect(at(await accounts.ask('{ user(handle: "anna") { handle } }', {}, { as: null }), 'user.handle')).toBe('anna');
  });

  it.each([
    '',
    'user_',
    'user_x',
    toTypeId('user', newId()).toUpperCase(),
    toTypeId('viewer', newId()),
    newId(),
    '\0',
    'user_zzzzzzzzzzzzzzzzzzzzzzzzzz',
  ])('is not behind the malformed id %j', async (id) => {
    expect(await accounts.ask('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ data: { node: null }, errors: [] });
    expect(await entities([{ __typename: 'User', id }])).toEqual({ data: { _entities: [null] }, errors: [] });
  });

  it.each(['', '@', 'a b', "'; DROP TABLE users; --", '\0', '%', 'an_a', '\ud800'])('is not behind the handle %j', async (handle) => {
    expect(await accounts.ask('query ($handle: String!) { user(handle: $handle) { id } }', { handle })).toEqual({
      data: { user: null },
      errors: [],
    });
  });
});

describe('a node of another room', () => {
  it.each([
    ['post', 'Post'],
    ['media', 'Media'],
    ['comment', 'Comment'],
    ['product', 'Product'],
  ])('%s_… is a %s of which only the name is known', async (prefix, type) => {
    const id = toTypeId(prefix, randomUUID());
    const answer = await accounts.ask(`query ($id: ID!) { node(id: $id) { __typename ... on ${type} { ref } } }`, { id });

    expect(at(answer, 'node')).toEqual({ __typename: type, ref: id });
  });

  it.each([
    'post_x',
    `post_${'z'.repeat(26)}`,
    toTypeId('session', newId()),
    toTypeId('viewer', newId()),
    toTypeId('folder', newId()),
    toTypeId('constructor', newId()),
  ])('is nothing behind %s', async (id) => {
    expect(at(await accounts.ask('query ($id: ID!) { node(id: $id) { __typename } }', { id }), 'node')).toBeNull();
  });
});

describe('the viewer', () => {
  it('is whoever the assertion says, whatever the representation claims', async () => {
    const claim = { __typename: 'Viewer', id: toTypeId('viewer', anna.id), email: 'x' };

    expect(at(await entities([claim], { as: binh }), '_entities')).toEqual([
      { id: toTypeId('viewer', binh.id), email: 'binh@example.org' },
    ]);
    expect(at(await entities([claim], { as: null }), '_entities')).toEqual([null]);
  });

  it('is nobody for a guest', async () => {
    expect(await accounts.ask('{ me { id email } }')).toEqual({ data: { me: null }, errors: [] });
  });
});

describe('many people at once', () => {
  it('cost as many statements as one, and one question to social', async () => {
    const crowd = await Promise.all(Array.from({ length: 100 }, (_, index) => accounts.newPerson(`crowd_${index}`)));
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { handle fields { name } avatar { ref } } } }';
    const spent = async (people: readonly Person[], as: Person): Promise<readonly [number, number]> => {
      const before = accounts.world.asked;
      const r = people.map(({ id }) => ({ __typename: 'User', id: toTypeId('user', id) }));
      const { result, statements } = await countingStatements(() => accounts.ask(query, { r }, { as }));
      expect(at<unknown[]>(result, '_entities').every((user) => user !== null)).toBe(true);
      return [statements, accounts.world.asked - before];
    };
    const [one, two] = [await spent(crowd.slice(0, 1), anna), await spent(crowd, binh)];

    expect(one).toEqual([2, 1]);
    expect(two).toEqual(one);
  });
});

describe('what other rooms ask', () => {
  it('states: of those who are there', async () => {
    const { states } = await accounts.call(userStates, { userIds: [anna.id, newId()] });

    expect(states).toEqual([{ userId: anna.id, state: 'ACTIVE', isLocked: false, isDiscoverable: true }]);
  });

  it('handles: whose they are, an erased one nobody’s', async () => {
    const erased = await accounts.newPerson('was_here');
    await accounts.call(setUserState, { userId: erased.id, state: 'ERASED' });
    const { users } = await accounts.call(usersByHandle, { handles: ['anna', 'was_here', 'never_was', '\ud800'] });

    expect(users).toEqual([{ handle: 'anna', userId: anna.id }]);
  });

  it('is answered to nobody without an assertion', async () => {
    await expect(accounts.running.call('accounts.userStates', { userIds: [] }, 'forged.assertion')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await expect(accounts.running.execute({ query: '{ me { id } }', variables: {} }, '')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});
