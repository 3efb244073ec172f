import { hash as bcrypt } from '@node-rs/bcrypt';
import { setUserState } from '@plaza/calls/contracts/accounts.calls';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../src/passwords/password-hasher.js';
import { type AccountsUnderTest, at, codesOf, openAccounts } from './accounts-under-test.js';

let databases: TestDatabases<'accounts'>;
let accounts: AccountsUnderTest;

beforeAll(async () => {
  databases = await createDatabases(['accounts']);
  accounts = await openAccounts(databases.urls.accounts);
});
afterAll(async () => {
  await accounts.close();
  await databases.drop();
});
afterEach(() => vi.restoreAllMocks());

const hashOf = async (userId: string): Promise<string> => {
  const [row] = await accounts.sql<{ hash: string }>`SELECT password_hash AS hash FROM credential WHERE user_id = ${userId}`;
  return row?.hash ?? '';
};

describe('logging in', () => {
  it.each(['dung', 'DUNG', '@Dung', ' dung ', 'dung@example.org', 'Dung@EXAMPLE.org'])('takes %j for who it is', async (identifier) => {
    await accounts.register({ handle: 'dung', email: 'dung@example.org' });

    expect(at(await accounts.login(identifier), 'login.__typename')).toBe('LoginOk');
  });

  it('answers an unknown name and a wrong password in the same bytes', async () => {
    await accounts.newPerson('known');
    const answers = [
      await accounts.login('known', 'wrong password'),
      await accounts.login('unknown'),
      await accounts.login('nobody@example.org'),
      await accounts.login('\0'),
      await accounts.login(''),
    ];

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(at(answers[0] ?? answers[1]!, 'login.code')).toBe('INVALID_CREDENTIALS');
  });

  it('does the same work for an unknown name as for a wrong password', async () => {
    await accounts.newPerson('worked_for');
    const verify = vi.spyOn(PasswordHasher.prototype, 'verify');
    await accounts.login('worked_for', 'wrong password');
    await accounts.login('not_worked_for', 'wrong password');
    await accounts.login('cannot be a name', 'wrong password');
    await accounts.login('worked_for', 'x'.repeat(100_000));

    expect(verify).toHaveBeenCalledTimes(4);
  });

  it('lets a suspended or erased person in no more, and says no more than to a stranger', async () => {
    const suspended = await accounts.newPerson('suspended');
    await accounts.call(setUserState, { userId: suspended.id, state: 'SUSPENDED' });
    const erased = await accounts.newPerson('erased');
    await accounts.call(setUserState, { userId: erased.id, state: 'ERASED' });
    const stranger = await accounts.login('stranger');

    expect(await accounts.login('suspended')).toEqual(stranger);
    expect(await accounts.login('erased')).toEqual(stranger);
  });

  it('lets a deactivated person back to their own things', async () => {
    const person = await accounts.newPerson('resting');
    await accounts.call(setUserState, { userId: person.id, state: 'DEACTIVATED' });
    const back = accounts.personOf(at(await accounts.login('resting'), 'login.session'));

    expect(at(await accounts.ask('{ me { user { handle } } }', {}, { as: back }), 'me.user.handle')).toBe('resting');
    expect(at(await accounts.ask('{ user(handle: "resting") { handle } }'), 'user')).toBeNull();
  });

  it('takes a bcrypt hash from elsewhere once, and keeps argon2id from then on', async () => {
    const person = await accounts.newPerson('moved_in');
    await accounts.sql`UPDATE credential SET password_hash = ${await bcrypt('from elsewhere', 4)} WHERE user_id = ${person.id}`;

    expect(at(await accounts.login('moved_in', 'not this'), 'login.__typename')).toBe('InvalidCredentialsError');
    expect(await hashOf(person.id)).toMatch(/^\$2b\$04\$/u);
    expect(at(await accounts.login('moved_in', 'from elsewhere'), 'login.__typename')).toBe('LoginOk');
    expect(await hashOf(person.id)).toMatch(/^\$argon2id\$/u);
    expect(at(await accounts.login('moved_in', 'from elsewhere'), 'login.__typename')).toBe('LoginOk');
  });

  it('renews a hash that cost less than one does today', async () => {
    const person = await accounts.newPerson('cheap_once');
    const dearer = await openAccounts(databases.urls.accounts, { argon2: { memoryKib: 64, passes: 2 } });
    await dearer.login('cheap_once');

    expect(await hashOf(person.id)).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$/u);
    expect(at(await accounts.login('cheap_once'), 'login.__typename')).toBe('LoginOk');
    expect(await hashOf(person.id)).toContain('m=64,t=2');
    await dearer.close();
  });

  it('keeps twenty sessions a person: the least used gives way, and is told of', async () => {
    const person = await accounts.newPerson('many_devices');
    const second = accounts.personOf(at(await accounts.login('many_devices'), 'login.session'));
    await accounts.sql`UPDATE session SET last_seen_at = now() - interval '2 days' WHERE id = ${second.sessionId}`;
    for (let device = 3; device <= 21; device += 1) await accounts.login('many_devices');
    const sessions = at<unknown[]>(await accounts.ask('{ me { sessions { id } } }', {}, { as: person }), 'me.sessions');
    const [ended] = await accounts.sql<{ id: string }>`SELECT id FROM session WHERE user_id = ${person.id} AND ended_at IS NOT NULL`;

    expect(sessions).toHaveLength(20);
    expect(ended?.id).toBe(second.sessionId);
    expect(await accounts.events(person.id)).toEqual(['user.registered', 'session.revoked']);
  });
});

describe('the limits of logins', () => {
  const limits = { registerPerAddress: 100, loginPerAddress: 8, loginPerName: 3, refreshPerAddress: 100 };

  it('count attempts at one name from everywhere, aliases too, whether there is such a name or not', async () => {
    const strict = await openAccounts(databases.urls.accounts, { limits });
    await strict.newPerson('tried', {}, { address: '198.51.100.9' });
    const aliases = ['a', 'b', 'c', 'd'].map(
      (alias) => `${alias}: login(input: { identifier: "tried", password: "wrong" }) { __typename }`,
    );
    const answer = await strict.ask(`mutation { ${aliases.join(' ')} }`, {}, { address: '203.0.113.1' });

    expect(codesOf(answer)).toEqual(['RATE_LIMITED']);
    expect(codesOf(await strict.login('TRIED', 'correct horse', { address: '203.0.113.2' }))).toEqual(['RATE_LIMITED']);
    for (let attempt = 1; attempt <= 3; attempt += 1) await strict.login('nobody_at_all', 'wrong', { address: '203.0.113.3' });
    expect(codesOf(await strict.login('nobody_at_all', 'wrong', { address: '203.0.113.4' }))).toEqual(['RATE_LIMITED']);
    // Its own address is a name of its own: that it is the same person shows nowhere.
    expect(codesOf(await strict.login('tried@example.org', 'wrong', { address: '203.0.113.5' }))).toEqual([]);
    await strict.close();
  });

  it('do not let strangers lock a person out of where they are signed in', async () => {
    const strict = await openAccounts(databases.urls.accounts, { limits });
    await strict.newPerson('at_home', {}, { address: '198.51.100.1' });
    for (let attempt = 1; attempt <= 5; attempt += 1) await strict.login('at_home', 'wrong', { address: `203.0.113.${attempt}` });

    expect(codesOf(await strict.login('at_home', 'correct horse', { address: '203.0.113.77' }))).toEqual(['RATE_LIMITED']);
    expect(at(await strict.login('at_home', 'correct horse', { address: '198.51.100.1' }), 'login.__typename')).toBe('LoginOk');
    await strict.close();
  });

  it('count attempts from one address at all names', async () => {
    const strict = await openAccounts(databases.urls.accounts, { limits });
    for (let attempt = 1; attempt <= 8; attempt += 1) await strict.login(`somebody_${attempt}`, 'wrong', { address: '203.0.113.1' });
    const refused = await strict.login('somebody_9', 'wrong', { address: '203.0.113.1' });

    expect(codesOf(refused)).toEqual(['RATE_LIMITED']);
    expect(refused.errors[0]?.extensions['retryAfter']).toBeGreaterThan(0);
    await strict.close();
  });
});
