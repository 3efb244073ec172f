import { publicKeys, revokedSessions, sessionsSeen, setUserState } from '@plaza/calls/contracts/accounts.calls';
import { toTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountsUnderTest, type Answer, at, codesOf, openAccounts, type Person, uuidOf } from './accounts-under-test.js';

let databases: TestDatabases<'accounts'>;
let accounts: AccountsUnderTest;
let person: Person;
let count = 0;

beforeAll(async () => {
  databases = await createDatabases(['accounts']);
  accounts = await openAccounts(databases.urls.accounts);
});
afterAll(async () => {
  await accounts.close();
  await databases.drop();
});
beforeEach(async () => {
  accounts.time.offset = 0;
  count += 1;
  person = await accounts.newPerson(`somebody_${count}`);
});

const tokenOf = (answer: Answer): string => at(answer, 'refreshSession.session.refreshToken');
const outcomeOf = (answer: Answer): string => at(answer, 'refreshSession.__typename');
const live = async (as: Person) =>
  at<{ id: string; isCurrent: boolean; device: string | null; addressHash: string | null; lastSeenAt: string }[]>(
    await accounts.ask('{ me { sessions { id isCurrent device addressHash createdAt lastSeenAt } } }', {}, { as }),
    'me.sessions',
  );
const revoke = (as: Person, sessionId: string) =>
  accounts.ask(
    'mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { __typename ... on RevokeSessionOk { sessionId } ... on UserError { code message } } }',
    { input: { sessionId } },
    { as },
  );

describe('a refresh token', () => {
  it('is traded for its successor, which is traded for the next', async () => {
    const first = await accounts.refresh(person.refreshToken, 'key-number-1');
    const second = await accounts.refresh(tokenOf(first), 'key-number-2');

    expect(outcomeOf(second)).toBe('RefreshSessionOk');
    expect(new Set([person.refreshToken, tokenOf(first), tokenOf(second)]).size).toBe(3);
    expect(accounts.personOf(at(second, 'refreshSession.session'))).toMatchObject({ id: person.id, sessionId: person.sessionId });
  });

  it('brings the same successor for the same key, also when the answer was lost and time has passed', async () => {
    const first = await accounts.refresh(person.refreshToken, 'same-key');
    const again = await accounts.refresh(person.refreshToken, 'same-key');
    const next = await accounts.refresh(tokenOf(first), 'next-key');
    const late = await accounts.refresh(person.refreshToken, 'same-key');

    expect(tokenOf(again)).toBe(tokenOf(first));
    expect(tokenOf(late)).toBe(tokenOf(first));
    expect(outcomeOf(await accounts.refresh(tokenOf(next), 'last-key'))).toBe('RefreshSessionOk');
  });

  it('ends its whole family when it comes again with another key', async () => {
    const first = await accounts.refresh(person.refreshToken, 'key-of-mine');
    const thief = await accounts.refresh(person.refreshToken, 'key-of-thief');

    expect(at(thief, 'refreshSession')).toMatchObject({ __typename: 'SessionRevokedError', code: 'SESSION_REVOKED' });
    expect(outcomeOf(await accounts.refresh(tokenOf(first), 'key-of-mine-2'))).toBe('SessionRevokedError');
    expect(outcomeOf(await accounts.refresh(person.refreshToken, 'key-of-mine'))).toBe('SessionRevokedError');
    expect(await accounts.events(person.id)).toEqual(['user.registered', 'session.revoked']);
    expect((await accounts.call(revokedSessions, { since: 0 })).sessionIds).toContain(person.sessionId);
  });

  it('ends its family also when it is an ancestor of many generations', async () => {
    let present = person.refreshToken;
    for (let generation = 1; generation <= 10; generation += 1)
      present = tokenOf(await accounts.refresh(present, `generation-${generation}`));

    expect(outcomeOf(await accounts.refresh(person.refreshToken, 'somebody-else'))).toBe('SessionRevokedError');
    expect(outcomeOf(await accounts.refresh(present, 'generation-11'))).toBe('SessionRevokedError');
  });

  it('ends no other session of the person', async () => {
    const other = accounts.personOf(at(await accounts.login(`somebody_${count}`), 'login.session'));
    await accounts.refresh(person.refreshToken, 'key-number-1');
    await accounts.refresh(person.refreshToken, 'key-number-2');

    expect(outcomeOf(await accounts.refresh(other.refreshToken, 'key-number-1'))).toBe('RefreshSessionOk');
  });

  it('has one successor when fifty ask at once with one key', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => accounts.refresh(person.refreshToken, 'the-one-key')));

    expect(new Set(answers.map(tokenOf)).size).toBe(1);
    expect(outcomeOf(await accounts.refresh(tokenOf(answers[0] ?? (await accounts.refresh('', 'the-one-key'))), 'the-next-key'))).toBe(
      'RefreshSessionOk',
    );
  });

  it('ends the session when ten ask at once with ten keys: one successor at most was given, and it is worth nothing', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => accounts.refresh(person.refreshToken, `key-number-${index}`)),
    );
    const given = answers.filter((answer) => outcomeOf(answer) === 'RefreshSessionOk').map(tokenOf);

    expect(given).toHaveLength(1);
    expect(outcomeOf(await accounts.refresh(given[0] ?? '', 'another-key'))).toBe('SessionRevokedError');
    expect(await accounts.events(person.id)).toEqual(['user.registered', 'session.revoked']);
  });

  it.each(['', 'nonsense', '\0', 'A'.repeat(86), `${'A'.repeat(86)}=`])('that never was one (%j) ends nothing', async (text) => {
    expect(outcomeOf(await accounts.refresh(text, 'some-key'))).toBe('SessionRevokedError');
    expect(outcomeOf(await accounts.refresh(person.refreshToken, 'some-key'))).toBe('RefreshSessionOk');
  });

  it.each(['short', 'x'.repeat(101)])('needs a key of 8 to 100 characters, not %j', async (key) => {
    expect(codesOf(await accounts.refresh(person.refreshToken, key))).toEqual(['BAD_USER_INPUT']);
    expect(outcomeOf(await accounts.refresh(person.refreshToken, 'a good key'))).toBe('RefreshSessionOk');
  });

  it('lasts thirty days from its last use', async () => {
    accounts.time.offset = 29 * 86_400_000;
    const next = await accounts.refresh(person.refreshToken, 'key-number-1');
    accounts.time.offset = 58 * 86_400_000;
    const later = await accounts.refresh(tokenOf(next), 'key-number-2');
    accounts.time.offset = 89 * 86_400_000;

    expect(outcomeOf(later)).toBe('RefreshSessionOk');
    expect(outcomeOf(await accounts.refresh(tokenOf(later), 'key-number-3'))).toBe('SessionRevokedError');
  });

  it('is nowhere in the database', async () => {
    const next = tokenOf(await accounts.refresh(person.refreshToken, 'key-number-1'));
    const [row] = await accounts.sql<{ text: string }>`SELECT row_to_json(s)::text AS text FROM session s WHERE id = ${person.sessionId}`;

    for (const token of [person.refreshToken, next]) {
      expect(row?.text).not.toContain(token);
      expect(row?.text).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
    }
  });

  it('is limited by address', async () => {
    const limits = { registerPerAddress: 10, loginPerAddress: 10, loginPerName: 10, refreshPerAddress: 2 };
    const strict = await openAccounts(databases.urls.accounts, { limits });
    await strict.refresh('nonsense', 'some-key');
    await strict.refresh('nonsense', 'some-key');

    expect(codesOf(await strict.refresh('nonsense', 'some-key'))).toEqual(['RATE_LIMITED']);
    await strict.close();
  });
});

describe('an access token', () => {
  it('is a signed JWT with who, which session, and for ten minutes', async () => {
    const { keys } = await accounts.call(publicKeys, {});
    const { payload, protectedHeader } = await jwtVerify(person.accessToken, createLocalJWKSet({ keys }), {
      issuer: 'plaza',
      audience: 'plaza',
      typ: 'at+jwt',
      algorithms: ['EdDSA'],
    });

    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: keys[0]?.['kid'] });
    expect(payload).toMatchObject({ sub: person.id, sid: person.sessionId, scope: 'full', client_id: 'plaza' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
  });
});

describe('the list of sessions', () => {
  it('shows devices by what they call themselves and addresses as marks that can be compared, the newest first', async () => {
    const name = `somebody_${count}`;
    await accounts.login(name, undefined, { address: '198.51.100.1', userAgent: `Phone ${'x'.repeat(300)}` });
    await accounts.login(name, undefined, { address: '198.51.100.1', userAgent: null });
    const sessions = await live(person);

    expect(sessions.map(({ isCurrent }) => isCurrent)).toEqual([false, false, true]);
    expect(sessions.map(({ device }) => device)).toEqual([null, `Phone ${'x'.repeat(194)}`, 'test']);
    expect(sessions[0]?.addressHash).toBe(sessions[1]?.addressHash);
    expect(sessions[0]?.addressHash).not.toBe(sessions[2]?.addressHash);
    expect(JSON.stringify(sessions)).not.toContain('198.51');
  });

  it('tells to the minute when one was last used', async () => {
    accounts.time.offset = 3_600_000;
    await accounts.call(sessionsSeen, { sessionIds: [person.sessionId] });
    const [session] = await live(person);
    const seen = new Date(session?.lastSeenAt ?? '');

    expect(seen.getTime() % 60_000).toBe(0);
    expect(Math.abs(seen.getTime() - Date.now() - 3_600_000)).toBeLessThan(120_000);
  });
});

describe('ending a session', () => {
  it('takes it from the list, stops its refresh token and tells the gateway', async () => {
    const phone = accounts.personOf(at(await accounts.login(`somebody_${count}`), 'login.session'));
    const id = toTypeId('session', phone.sessionId);

    expect(at(await revoke(person, id), 'revokeSession')).toEqual({ __typename: 'RevokeSessionOk', sessionId: id });
    expect((await live(person)).map((session) => uuidOf('session', session.id))).toEqual([person.sessionId]);
    expect(outcomeOf(await accounts.refresh(phone.refreshToken, 'key-number-1'))).toBe('SessionRevokedError');
    expect((await accounts.call(revokedSessions, { since: 0 })).sessionIds).toContain(phone.sessionId);
  });

  it("answers alike for another person's, an ended, an unknown and a malformed one, and changes nothing", async () => {
    const other = await accounts.newPerson(`other_${count}`);
    const ended = accounts.personOf(at(await accounts.login(`somebody_${count}`), 'login.session'));
    await revoke(person, toTypeId('session', ended.sessionId));
    const ids = [
      toTypeId('session', other.sessionId),
      toTypeId('session', ended.sessionId),
      toTypeId('session', other.id),
      'session_',
      toTypeId('user', person.sessionId),
      person.sessionId,
    ];
    const answers = await Promise.all(ids.map((id) => revoke(person, id)));

    expect(new Set(answers.map((answer) => JSON.stringify(answer.data))).size).toBe(1);
    expect(at(answers[0] ?? (await revoke(person, '')), 'revokeSession.code')).toBe('NOT_FOUND');
    expect(await live(other)).toHaveLength(1);
    expect(await live(person)).toHaveLength(1);
  });

  it('by logging out ends the one that asks, and can be said twice', async () => {
    const logout = () => accounts.ask('mutation { logout { ... on LogoutOk { sessionId } } }', {}, { as: person });

    expect(at(await logout(), 'logout.sessionId')).toBe(toTypeId('session', person.sessionId));
    expect(at(await logout(), 'logout.sessionId')).toBe(toTypeId('session', person.sessionId));
    expect(outcomeOf(await accounts.refresh(person.refreshToken, 'key-number-1'))).toBe('SessionRevokedError');
    expect(await accounts.events(person.id)).toEqual(['user.registered', 'session.revoked']);
  });

  it('is for those who are signed in', async () => {
    expect(codesOf(await accounts.ask('mutation { logout { __typename } }'))).toEqual(['UNAUTHENTICATED']);
    expect(codesOf(await accounts.ask('mutation { revokeSession(input: { sessionId: "x" }) { __typename } }'))).toEqual([
      'UNAUTHENTICATED',
    ]);
  });
});

describe('losing the account', () => {
  it.each(['SUSPENDED', 'DEACTIVATED', 'ERASED'] as const)('%s ends every session by the same transaction', async (state) => {
    const phone = accounts.personOf(at(await accounts.login(`somebody_${count}`), 'login.session'));
    await accounts.call(setUserState, { userId: person.id, state });
    const { sessionIds } = await accounts.call(revokedSessions, { since: Date.now() - 60_000 });

    expect(sessionIds).toEqual(expect.arrayContaining([person.sessionId, phone.sessionId]));
    expect((await accounts.events(person.id)).toSorted()).toEqual([
      'session.revoked',
      'session.revoked',
      'user.registered',
      'user.stateChanged',
    ]);
    expect(outcomeOf(await accounts.refresh(phone.refreshToken, 'key-number-1'))).toBe('SessionRevokedError');
  });

  it('is written once when it is said twice, and erasing is for good', async () => {
    await accounts.call(setUserState, { userId: person.id, state: 'ERASED' });
    await accounts.call(setUserState, { userId: person.id, state: 'ERASED' });

    expect((await accounts.events(person.id)).filter((type) => type === 'user.stateChanged')).toHaveLength(1);
    await expect(accounts.call(setUserState, { userId: person.id, state: 'ACTIVE' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('leaves no session to one who logs in at the same moment', async () => {
    await Promise.all([
      accounts.call(setUserState, { userId: person.id, state: 'SUSPENDED' }),
      ...Array.from({ length: 10 }, () => accounts.login(`somebody_${count}`)),
    ]);
    const [open] = await accounts.sql<{ count: number }>`SELECT count(*) FROM session WHERE user_id = ${person.id} AND ended_at IS NULL`;

    expect(open?.count).toBe(0);
  });
});

describe('what the gateway reads of ended sessions', () => {
  it('comes again a little later by `asOf`, and not for ever', async () => {
    await revoke(person, toTypeId('session', person.sessionId));
    const { asOf } = await accounts.call(revokedSessions, { since: 0 });
    const next = await accounts.call(revokedSessions, { since: asOf });
    accounts.time.offset = 11 * 60_000;

    expect(next.sessionIds).toContain(person.sessionId);
    expect((await accounts.call(revokedSessions, { since: 0 })).sessionIds).not.toContain(person.sessionId);
  });
});
