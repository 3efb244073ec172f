import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const rows = async (): Promise<readonly number[]> => {
  const [count] = await accounts.sql<Record<string, number>>`
    SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM credential) AS credentials,
      (SELECT count(*) FROM session) AS sessions, (SELECT count(*) FROM outbox) AS events`;
  return Object.values(count ?? {});
};

describe('registering', () => {
  it('signs in whoever it makes an account for, and tells the others', async () => {
    const answer = await accounts.register({ handle: 'Anna', displayName: '  Anna Ngô ', email: 'Anna@Example.org' });

    expect(at(answer, 'register.viewer.user')).toMatchObject({ handle: 'anna', displayName: 'Anna Ngô' });
    const anna = accounts.personOf(at(answer, 'register.session'));
    expect(await accounts.events(anna.id)).toEqual(['user.registered']);
    const me = await accounts.ask('{ me { email emailVerified sessions { isCurrent } } }', {}, { as: anna });
    expect(at(me, 'me')).toEqual({ email: 'anna@example.org', emailVerified: false, sessions: [{ isCurrent: true }] });
  });

  it('says that a handle is taken, in any case, and writes nothing', async () => {
    await accounts.newPerson('binh');
    const before = await rows();
    const answer = await accounts.register({ handle: 'BINH' });

    expect(at(answer, 'register')).toMatchObject({ __typename: 'HandleTakenError', code: 'HANDLE_TAKEN', handle: 'binh' });
    expect(await rows()).toEqual(before);
  });

  it('says that an address is taken at `email`, and writes nothing', async () => {
    await accounts.newPerson('chen', { email: 'chen@example.org' });
    const before = await rows();
    const answer = await accounts.register({ email: 'CHEN@EXAMPLE.ORG' });

    expect(at(answer, 'register')).toMatchObject({ __typename: 'ValidationError', fields: [{ path: 'email' }] });
    expect(await rows()).toEqual(before);
  });

  it.each([
    ['handle', { handle: 'ab' }],
    ['handle', { handle: 'a'.repeat(31) }],
    ['handle', { handle: 'đào' }],
    ['handle', { handle: 'with space' }],
    ['handle', { handle: 'kelvin_\u212A' }],
    ['handle', { handle: 'admin' }],
    ['handle', { handle: 'nul\0l' }],
    ['displayName', { displayName: '   ' }],
    ['displayName', { displayName: 'x'.repeat(51) }],
    ['displayName', { displayName: '\u200b\u200b' }],
    ['displayName', { displayName: 'nul\0' }],
    ['displayName', { displayName: 'half \ud800' }],
    ['displayName', { displayName: 'turned \u202E around' }],
    ['email', { email: 'nobody' }],
    ['email', { email: 'a@b' }],
    ['email', { email: 'a b@example.org' }],
    ['email', { email: 'a\0@example.org' }],
    ['email', { email: `${'a'.repeat(65)}@example.org` }],
    ['password', { password: 'short' }],
    ['password', { password: 'x'.repeat(257) }],
    ['password', { password: 'Password123' }],
    ['password', { password: 'aaaaaaaaaaaa' }],
    ['password', { handle: 'my_own_name', password: 'My_Own_Name' }],
    ['password', { password: 'correct horse \udc00' }],
  ])('names the field %s when it breaks a rule: %j', async (path, input) => {
    const before = await rows();
    const answer = await accounts.register(input);

    expect(at<string>(answer, 'register.__typename')).toBe('ValidationError');
    expect(at<{ path: string }[]>(answer, 'register.fields').map((field) => field.path)).toEqual([path]);
    expect(await rows()).toEqual(before);
  });

  it('names every broken rule at once', async () => {
    const answer = await accounts.register({ handle: '', displayName: '', email: '', password: '' });

    expect(at<{ path: string }[]>(answer, 'register.fields').map(({ path }) => path)).toEqual([
      'handle',
      'displayName',
      'email',
      'password',
    ]);
  });

  it('gives a handle to exactly one of twenty who want it at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => accounts.register({ handle: 'wanted' })));
    const outcomes = answers.map((answer) => at<string>(answer, 'register.__typename')).toSorted();

    expect(outcomes).toEqual([...Array.from({ length: 19 }, () => 'HandleTakenError'), 'RegisterOk']);
    const [left] = await accounts.sql<{ count: number }>`
      SELECT count(*) FROM credential c LEFT JOIN users u ON u.id = c.user_id WHERE u.id IS NULL`;
    expect(left?.count).toBe(0);
  });

  it('gives an address to exactly one of ten who use it at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => accounts.register({ email: 'one@example.org' })));

    expect(answers.filter((answer) => at(answer, 'register.__typename') === 'RegisterOk')).toHaveLength(1);
    expect(answers.filter((answer) => at(answer, 'register.__typename') === 'ValidationError')).toHaveLength(9);
  });

  it('keeps of the password only a tagged hash', async () => {
    const person = await accounts.newPerson('hashed', { password: 'a very own secret' });
    const [row] = await accounts.sql<{ hash: string }>`SELECT password_hash AS hash FROM credential WHERE user_id = ${person.id}`;

    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/u);
  });

  it('takes a thousand people, fifty at a time', async () => {
    const outcomes = new Map<string, number>();
    for (let batch = 0; batch < 20; batch += 1) {
      const handles = Array.from({ length: 50 }, (_, index) => `crowd_${batch}_${index}`);
      const answers = await Promise.all(handles.map((handle) => accounts.register({ handle, email: `${handle}@example.org` })));
      for (const answer of answers)
        outcomes.set(at(answer, 'register.__typename'), (outcomes.get(at(answer, 'register.__typename')) ?? 0) + 1);
    }

    expect([...outcomes]).toEqual([['RegisterOk', 1_000]]);
  }, 90_000);

  it('never fails on what people type', async () => {
    const words = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units));
    await fc.assert(
      fc.asyncProperty(fc.record({ handle: words, displayName: words, email: words, password: words }), async (input) => {
        expect(codesOf(await accounts.register(input))).toEqual([]);
        expect(codesOf(await accounts.login(input.handle, input.password))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the limit of registrations', () => {
  it('counts an address, a whole IPv6 network as one, and says when to come again', async () => {
    const own = await createDatabases(['accounts']);
    const limits = { registerPerAddress: 2, loginPerAddress: 100, loginPerName: 100, refreshPerAddress: 100 };
    const strict = await openAccounts(own.urls.accounts, { limits });
    const from = (address: string) => strict.register({}, { address });
    await from('2001:db8:1:2::1');
    await from('2001:db8:1:2:ffff::9');
    const refused = await from('2001:db8:1:2::3');
    const other = await from('2001:db8:1:3::1');

    expect(codesOf(refused)).toEqual(['RATE_LIMITED']);
    expect(refused.errors[0]?.extensions['retryAfter']).toBeGreaterThan(3_500);
    expect(at(other, 'register.__typename')).toBe('RegisterOk');
    // What breaks a rule is answered before it is counted.
    await Promise.all(Array.from({ length: 5 }, () => strict.register({ password: 'short' }, { address: '198.51.100.1' })));
    expect(at(await from('198.51.100.1'), 'register.__typename')).toBe('RegisterOk');
    await strict.close();
    await own.drop();
  });
});
