import { mailRecipients } from '@plaza/calls/contracts/accounts.calls';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { Mailboxes } from '@plaza/testing/mailboxes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsUnderTest, type Answer, at, codesOf, type Door, openAccounts, type Person } from './accounts-under-test.js';

let databases: TestDatabases<'accounts'>;
let accounts: AccountsUnderTest;
let mailboxes: Mailboxes;

beforeAll(async () => {
  databases = await createDatabases(['accounts']);
  accounts = await openAccounts(databases.urls.accounts);
  mailboxes = new Mailboxes(accounts.dataDir, accounts.sql);
});
afterAll(async () => {
  await accounts.close();
  await databases.drop();
});

const HOUR_MS = 3_600_000;
const NEW_PASSWORD = 'a walk along the river';

/** A mutation with all that it says. */
function plays(mutation: string, ok: string, input: Record<string, unknown>, door: Door = {}): Promise<Answer> {
  const name = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}`;
  return accounts.ask(
    `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { __typename ... on ${name}Ok { ${ok} } ... on UserError { code message } } }`,
    { input },
    door,
  );
}
const verify = (token: string) => plays('verifyEmail', 'email', { token });
const askReset = (identifier: string, door: Door = {}) => plays('requestPasswordReset', 'tokenLifetime', { identifier }, door);
const reset = (token: string, newPassword = NEW_PASSWORD) => plays('resetPassword', 'sessionsEnded', { token, newPassword });
const askChange = (as: Person, newEmail: string, password = 'correct horse') =>
  plays('requestEmailChange', 'pendingEmail', { newEmail, password }, { as });
const confirm = (token: string) => plays('confirmEmailChange', 'email', { token });
const undo = (token: string) => plays('undoEmailChange', 'email sessionsEnded', { token });
const resend = (as: Person) =>
  accounts.ask(
    'mutation { resendVerification { __typename ... on ResendVerificationOk { email } ... on UserError { code } } }',
    {},
    { as },
  );
const me = async (as: Person) => at(await accounts.ask('{ me { email emailVerified emailVerifiedAt pendingEmail } }', {}, { as }), 'me');

/** Later, for one test. */
async function after<T>(ms: number, then: () => Promise<T>): Promise<T> {
  accounts.time.offset += ms;
  try {
    return await then();
  } finally {
    accounts.time.offset -= ms;
  }
}

/** Registered, with a proved address. */
async function verified(handle: string): Promise<Person> {
  const person = await accounts.newPerson(handle);
  await verify(await mailboxes.token(`${handle}@example.org`, 'verify-email'));
  return person;
}

describe('a new account', () => {
  it('proves its address by the token that was mailed there, once only', async () => {
    const anna = await accounts.newPerson('anna');
    const token = await mailboxes.token('anna@example.org', 'verify-email');
    expect(await me(anna)).toMatchObject({ emailVerified: false, emailVerifiedAt: null });

    expect(at(await verify(token), 'verifyEmail')).toEqual({ __typename: 'VerifyEmailOk', email: 'anna@example.org' });
    expect(await me(anna)).toMatchObject({ emailVerified: true, emailVerifiedAt: expect.stringMatching(/Z$/u) });
    expect(at(await verify(token), 'verifyEmail')).toMatchObject({ __typename: 'InvalidTokenError', code: 'INVALID_TOKEN' });
  });

  it('gives the token to one of ten who use it at the same time', async () => {
    await accounts.newPerson('tenfold');
    const token = await mailboxes.token('tenfold@example.org', 'verify-email');
    const answers = await Promise.all(Array.from({ length: 10 }, () => verify(token)));
    expect(answers.filter((answer) => at(answer, 'verifyEmail.__typename') === 'VerifyEmailOk')).toHaveLength(1);
  });

  it('is mailed another token when the first one went astray; either proves the address and both are used up', async () => {
    const binh = await accounts.newPerson('binh');
    const first = await mailboxes.token('binh@example.org', 'verify-email');
    expect(at(await resend(binh), 'resendVerification')).toEqual({ __typename: 'ResendVerificationOk', email: 'binh@example.org' });
    const second = await mailboxes.token('binh@example.org', 'verify-email');

    expect(second).not.toBe(first);
    expect(at(await verify(first), 'verifyEmail.__typename')).toBe('VerifyEmailOk');
    expect(at(await verify(second), 'verifyEmail.__typename')).toBe('InvalidTokenError');
    expect(at(await resend(binh), 'resendVerification')).toMatchObject({ code: 'EMAIL_ALREADY_VERIFIED' });
  });

  it('has a day for it', async () => {
    await accounts.newPerson('slow');
    const token = await mailboxes.token('slow@example.org', 'verify-email');
    expect(at(await after(24 * HOUR_MS, () => verify(token)), 'verifyEmail.__typename')).toBe('InvalidTokenError');
    expect(at(await after(23 * HOUR_MS, () => verify(token)), 'verifyEmail.__typename')).toBe('VerifyEmailOk');
  });

  it('keeps no token that could be read out of the database', async () => {
    await accounts.newPerson('kept');
    const token = await mailboxes.token('kept@example.org', 'verify-email');
    const tables = await accounts.sql<{ row: string }>`
      SELECT t::text AS row FROM mail_token t UNION ALL SELECT m::text FROM outgoing_mail m UNION ALL SELECT payload::text FROM outbox`;
    const text = tables.map(({ row }) => row).join('\n');
    expect(text).not.toContain(token);
    expect(text).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
  });

  it.each([
    ['nothing', ''],
    ['nonsense', 'nonsense'],
    ['another token', 'a'.repeat(43)],
    ['other letters', `${'a'.repeat(42)}é`],
    ['far too much', 'a'.repeat(10_000)],
    ['a character that no database takes', '\0'],
  ])('answers %s like a token that was used', async (_says, token) => {
    const used = await mailboxes.token('anna@example.org', 'verify-email');
    expect(await verify(token)).toEqual(await verify(used));
  });

  it('uses a token for nothing but its purpose', async () => {
    await accounts.newPerson('purposes');
    const token = await mailboxes.token('purposes@example.org', 'verify-email');
    for (const answer of [await reset(token), await confirm(token), await undo(token)])
      expect(Object.values(answer.data)[0]).toMatchObject({ __typename: 'InvalidTokenError' });
    expect(at(await verify(token), 'verifyEmail.__typename')).toBe('VerifyEmailOk');
  });
});

describe('a forgotten password', () => {
  it('is replaced by the token that was mailed, once, and everybody is signed out', async () => {
    const person = await accounts.newPerson('forgetful');
    const other = accounts.personOf(at(await accounts.login('forgetful'), 'login.session'));
    await askReset('FORGETFUL@example.org');
    const token = await mailboxes.token('forgetful@example.org', 'reset-password');

    expect(at(await reset(token), 'resetPassword')).toEqual({ __typename: 'ResetPasswordOk', sessionsEnded: 2 });
    for (const { refreshToken } of [person, other])
      expect(at(await accounts.refresh(refreshToken, 'after-the-reset'), 'refreshSession.__typename')).toBe('SessionRevokedError');
    expect(at(await accounts.login('forgetful'), 'login.__typename')).toBe('InvalidCredentialsError');
    expect(at(await accounts.login('forgetful', NEW_PASSWORD), 'login.__typename')).toBe('LoginOk');
    expect(at(await reset(token), 'resetPassword.__typename')).toBe('InvalidTokenError');
    const revoked = (await accounts.events(person.id)).filter((type) => type === 'session.revoked');
    expect(revoked).toHaveLength(2);
    const subjects = (await mailboxes.of('forgetful@example.org')).map(({ subject }) => subject);
    expect(subjects).toContain('Your password was changed');
  });

  it('may be asked for by the handle as well, and proves the address', async () => {
    const person = await accounts.newPerson('by_handle');
    await askReset('@by_handle');
    await reset(await mailboxes.token('by_handle@example.org', 'reset-password'));
    const again = accounts.personOf(at(await accounts.login('by_handle', NEW_PASSWORD), 'login.session'));
    expect(again.id).toBe(person.id);
    expect(await me(again)).toMatchObject({ emailVerified: true });
  });

  it('tells a stranger nothing: the same answer for somebody, nobody and one who is locked out, and one row either way', async () => {
    await accounts.newPerson('somebody');
    const locked = await accounts.newPerson('locked_out');
    await mailboxes.settled();
    await accounts.sql`UPDATE users SET state = 'SUSPENDED' WHERE id = ${locked.id}`;
    const before = await mailboxes.of('locked_out@example.org');

    const answers = await Promise.all(
      ['somebody', 'nobody_here', 'somebody@example.org', 'nobody@example.org', 'locked_out'].map((name) => askReset(name)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await mailboxes.of('nobody@example.org')).toEqual([]);
    expect(await mailboxes.of('locked_out@example.org')).toHaveLength(before.length);
    expect((await mailboxes.of('somebody@example.org')).length).toBeGreaterThan(1);
  });

  it('does the same work for everybody while the asker waits: who it is, is looked up afterwards', async () => {
    await accounts.newPerson('worked_for');
    await mailboxes.settled();
    const { countingStatements } = await import('@plaza/db/statements');
    const counts = [];
    for (const name of ['worked_for', 'worked_for_nobody', 'worked_for@example.org', 'nobody@example.com'])
      counts.push((await countingStatements(() => askReset(name))).statements);
    expect(new Set(counts)).toEqual(new Set([1]));
  });

  it('has an hour', async () => {
    await accounts.newPerson('late');
    await askReset('late');
    const token = await mailboxes.token('late@example.org', 'reset-password');
    expect(at(await after(HOUR_MS, () => reset(token)), 'resetPassword.__typename')).toBe('InvalidTokenError');
  });

  it('is not replaced by a bad one, and the token stays good', async () => {
    await accounts.newPerson('picky');
    await askReset('picky');
    const token = await mailboxes.token('picky@example.org', 'reset-password');
    for (const bad of ['short', 'password123', 'picky@example.org'])
      expect(at(await reset(token, bad), 'resetPassword')).toMatchObject({ __typename: 'ValidationError' });
    expect(at(await accounts.login('picky'), 'login.__typename')).toBe('LoginOk');
    expect(at(await reset(token), 'resetPassword.__typename')).toBe('ResetPasswordOk');
  });

  it('is mailed about five times an hour at most, by whatever name', async () => {
    await accounts.newPerson('harassed');
    for (let n = 0; n < 4; n += 1) {
      await askReset('harassed');
      await askReset('harassed@example.org');
    }
    const subjects = (await mailboxes.of('harassed@example.org')).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject === 'Set a new password')).toHaveLength(5);
  });

  it('lets nobody in with the old password who was being checked meanwhile', async () => {
    await accounts.newPerson('raced');
    await askReset('raced');
    const token = await mailboxes.token('raced@example.org', 'reset-password');
    const [logins] = await Promise.all([Promise.all(Array.from({ length: 20 }, () => accounts.login('raced'))), reset(token)]);
    const sessions = logins.flatMap((login) =>
      at<string>(login, 'login.__typename') === 'LoginOk' ? [accounts.personOf(at(login, 'login.session'))] : [],
    );
    for (const { refreshToken } of sessions)
      expect(at(await accounts.refresh(refreshToken, 'is-it-over'), 'refreshSession.__typename')).toBe('SessionRevokedError');
  });
});

describe('a change of address', () => {
  it('waits for the new mailbox', async () => {
    const person = await verified('mover');
    expect(at(await askChange(person, 'Moved@Example.org'), 'requestEmailChange')).toEqual({
      __typename: 'RequestEmailChangeOk',
      pendingEmail: 'moved@example.org',
    });
    expect(await me(person)).toMatchObject({ email: 'mover@example.org', pendingEmail: 'moved@example.org' });

    const token = await mailboxes.token('moved@example.org', 'confirm-email');
    expect(at(await confirm(token), 'confirmEmailChange')).toEqual({ __typename: 'ConfirmEmailChangeOk', email: 'moved@example.org' });
    expect(await me(person)).toMatchObject({ email: 'moved@example.org', emailVerified: true, pendingEmail: null });
    expect(at(await confirm(token), 'confirmEmailChange.__typename')).toBe('InvalidTokenError');
  });

  it('is undone from the old mailbox, after it was confirmed too: everybody is signed out and a new password is due', async () => {
    const person = await verified('robbed');
    await askChange(person, 'robber@example.org');
    await confirm(await mailboxes.token('robber@example.org', 'confirm-email'));
    const token = await mailboxes.token('robbed@example.org', 'undo-email-change');

    expect(at(await undo(token), 'undoEmailChange')).toMatchObject({
      __typename: 'UndoEmailChangeOk',
      email: 'robbed@example.org',
      sessionsEnded: 1,
    });
    expect(at(await accounts.refresh(person.refreshToken, 'after-the-undo'), 'refreshSession.__typename')).toBe('SessionRevokedError');
    await reset(await mailboxes.token('robbed@example.org', 'reset-password'));
    const again = accounts.personOf(at(await accounts.login('robbed@example.org', NEW_PASSWORD), 'login.session'));
    expect(await me(again)).toMatchObject({ email: 'robbed@example.org', emailVerified: true });
    expect(at(await undo(token), 'undoEmailChange.__typename')).toBe('InvalidTokenError');
  });

  it('is undone before it was confirmed: the new mailbox confirms nothing any more', async () => {
    const person = await verified('quick');
    await askChange(person, 'quick_thief@example.org');
    const theirs = await mailboxes.token('quick_thief@example.org', 'confirm-email');
    expect(at(await undo(await mailboxes.token('quick@example.org', 'undo-email-change')), 'undoEmailChange.__typename')).toBe(
      'UndoEmailChangeOk',
    );
    expect(at(await confirm(theirs), 'confirmEmailChange.__typename')).toBe('InvalidTokenError');
  });

  it('to somebody’s address is answered like any other; only its owner learns, and nothing can be confirmed', async () => {
    await verified('holder');
    const person = await verified('wanter');
    const answer = await askChange(person, 'holder@example.org');

    expect(at(answer, 'requestEmailChange')).toEqual({ __typename: 'RequestEmailChangeOk', pendingEmail: 'holder@example.org' });
    const [newest] = await mailboxes.of('holder@example.org');
    expect(newest?.text).toContain('It belongs to yours');
    expect(newest?.text).not.toMatch(/token|wanter/u);
    await expect(mailboxes.token('holder@example.org', 'confirm-email')).rejects.toThrow('no mail');
  });

  it('fails when somebody took the address meanwhile, and leaves everything as it was', async () => {
    const person = await verified('hesitant');
    await askChange(person, 'popular@example.org');
    const token = await mailboxes.token('popular@example.org', 'confirm-email');
    await accounts.newPerson('faster', { email: 'popular@example.org' });

    expect(at(await confirm(token), 'confirmEmailChange.__typename')).toBe('InvalidTokenError');
    expect(await me(person)).toMatchObject({ email: 'hesitant@example.org', emailVerified: true });
  });

  it('wants the password, a real address and another one', async () => {
    const person = await verified('careful');
    const before = await mailboxes.of('careful@example.org');
    expect(at(await askChange(person, 'new@example.org', 'wrong horse'), 'requestEmailChange')).toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
    expect(at(await askChange(person, 'nowhere'), 'requestEmailChange')).toMatchObject({ code: 'VALIDATION' });
    expect(at(await askChange(person, 'CAREFUL@example.org'), 'requestEmailChange')).toMatchObject({ code: 'VALIDATION' });
    expect(await mailboxes.of('careful@example.org')).toHaveLength(before.length);
    expect(await mailboxes.of('new@example.org')).toEqual([]);
  });

  it('tells nothing to an old address that was never proved: it may be a stranger’s', async () => {
    const person = await accounts.newPerson('mistyped');
    await askChange(person, 'typed_right@example.org');
    const subjects = (await mailboxes.of('mistyped@example.org')).map(({ subject }) => subject);
    expect(subjects).toEqual(['Confirm your e-mail address']);
  });

  it('is void when the password is set anew', async () => {
    const person = await verified('recovered');
    await askChange(person, 'intruder@example.org');
    const theirs = await mailboxes.token('intruder@example.org', 'confirm-email');
    await askReset('recovered');
    await reset(await mailboxes.token('recovered@example.org', 'reset-password'));
    expect(at(await confirm(theirs), 'confirmEmailChange.__typename')).toBe('InvalidTokenError');
  });

  it('to a third address leaves only the newest to be confirmed', async () => {
    const person = await verified('fickle');
    await askChange(person, 'first_choice@example.org');
    const first = await mailboxes.token('first_choice@example.org', 'confirm-email');
    await askChange(person, 'second_choice@example.org');
    expect(at(await confirm(first), 'confirmEmailChange.__typename')).toBe('InvalidTokenError');
    expect(await me(person)).toMatchObject({ pendingEmail: 'second_choice@example.org' });
  });
});

describe('the addresses of people', () => {
  it('are told to messaging only, of active people who proved theirs', async () => {
    const proved = await verified('proved');
    const unproved = await accounts.newPerson('unproved');
    const gone = await verified('gone_away');
    await accounts.sql`UPDATE users SET state = 'DEACTIVATED' WHERE id = ${gone.id}`;
    const userIds = [proved.id, unproved.id, gone.id];

    expect(await accounts.call(mailRecipients, { userIds }, 'messaging')).toEqual({
      recipients: [
        { userId: proved.id, email: 'proved@example.org', handle: 'proved', displayName: 'A Person', locale: 'en', timeZone: 'UTC' },
      ],
    });
    for (const issuer of ['gateway', 'social', 'feed'])
      await expect(accounts.call(mailRecipients, { userIds }, issuer)).rejects.toThrow('no such call');
  });
});

describe('mails', () => {
  it('say nothing that people call themselves, so that nobody mails a stranger’s words', async () => {
    await accounts.register({ handle: 'spammer', displayName: 'Win at https://evil.example', email: 'victim@example.org' });
    const [mail] = await mailboxes.of('victim@example.org');
    expect(`${mail?.text}${mail?.html}${mail?.subject}`).not.toContain('evil.example');
    expect(mail?.text).toContain('@spammer');
  });
});

describe('the limits of mail', () => {
  it('count what was typed and who asks, whether it is anybody’s or not', async () => {
    const own = await createDatabases(['accounts']);
    const strict = await openAccounts(own.urls.accounts, { mailLimits: { perAddress: 4, perName: 2 } });
    const person = await strict.newPerson('limited');
    const ask = (identifier: string, address: string) =>
      strict.ask(
        'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { __typename } }',
        { input: { identifier } },
        { address },
      );
    const codes: unknown[] = [];
    for (const name of ['limited', 'limited', 'limited', 'nobody_x', 'nobody_x', 'nobody_x'])
      codes.push(codesOf(await ask(name, `192.0.2.${codes.length}`)));
    expect(codes).toEqual([[], [], ['RATE_LIMITED'], [], [], ['RATE_LIMITED']]);

    const fromOne: unknown[] = [];
    for (let n = 0; n < 5; n += 1) fromOne.push(codesOf(await ask(`another_${n}`, '198.51.100.9')));
    expect(fromOne).toEqual([[], [], [], [], ['RATE_LIMITED']]);

    const resent: unknown[] = [];
    for (let n = 0; n < 3; n += 1)
      resent.push(
        codesOf(await strict.ask('mutation { resendVerification { __typename } }', {}, { as: person, address: `203.0.113.${n}` })),
      );
    expect(resent).toEqual([[], [], ['RATE_LIMITED']]);
    await strict.close();
    await own.drop();
  });
});
