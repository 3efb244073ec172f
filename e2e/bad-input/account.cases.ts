import { badToken, type BadInput, invalid, KEY, long, missing } from './case.js';

const person = { handle: 'newcomer_1', displayName: 'Newcomer', email: 'newcomer@example.org', password: 'a long walk by West Lake' };

/** Accounts, sessions, addresses, profiles and preferences. */
export const ACCOUNT_CASES: readonly BadInput[] = [
  invalid('register', 'handle', 'a handle that is too short', () => ({ ...person, handle: 'ab' })),
  invalid('register', 'handle', 'a handle with a space', () => ({ ...person, handle: 'two words' })),
  invalid('register', 'handle', 'a handle that is too long', () => ({ ...person, handle: long(31) })),
  invalid('register', 'displayName', 'an empty name', () => ({ ...person, displayName: '  ' })),
  invalid('register', 'displayName', 'a name that is too long', () => ({ ...person, displayName: long(51) })),
  invalid('register', 'email', 'no e-mail address', () => ({ ...person, email: 'nowhere' })),
  invalid('register', 'password', 'a short password', () => ({ ...person, password: 'seven77' })),
  invalid('register', 'password', 'a common password', () => ({ ...person, password: 'password123' })),
  invalid('register', 'password', 'an endless password', () => ({ ...person, password: long(257) })),
  {
    mutation: 'login',
    says: 'an unknown name',
    input: () => ({ identifier: 'nobody_at_all', password: 'whatever it is' }),
    answer: 'InvalidCredentialsError',
  },
  {
    mutation: 'refreshSession',
    says: 'a token that never was',
    input: () => ({ refreshToken: 'nonsense', idempotencyKey: KEY }),
    answer: 'SessionRevokedError',
  },
  ...['verifyEmail', 'confirmEmailChange', 'undoEmailChange'].flatMap((mutation) => [
    badToken(mutation, 'a token that never was', { token: 'a'.repeat(43) }),
    badToken(mutation, 'a token that could be none', { token: '\0' }),
  ]),
  invalid('requestPasswordReset', 'identifier', 'neither a handle nor an address', () => ({ identifier: 'who am I?' })),
  badToken('resetPassword', 'a token that never was', { token: 'a'.repeat(43), newPassword: 'a long walk by West Lake' }),
  badToken('resetPassword', 'a token that never was, and a password that will not do', { token: 'a'.repeat(43), newPassword: 'x' }),
  invalid('requestEmailChange', 'newEmail', 'no e-mail address', () => ({ newEmail: 'nowhere', password: person.password })),
  {
    mutation: 'requestEmailChange',
    says: 'another password',
    input: () => ({ newEmail: 'elsewhere@example.org', password: 'not hers at all' }),
    answer: 'InvalidCredentialsError',
  },
  missing('revokeSession', 'a session that never was', (ids) => ({ sessionId: ids.noSession })),
  missing('revokeSession', 'a malformed id', () => ({ sessionId: 'session_%00' })),
  invalid('updateProfile', 'displayName', 'an empty name', () => ({ displayName: '' })),
  invalid('updateProfile', 'bio', 'a bio that is too long', () => ({ bio: long(501) })),
  invalid('updateProfile', 'avatarId', 'a picture that never was', (ids) => ({ avatarId: ids.noMedia })),
  invalid('updateProfile', 'fields', 'five fields', () => ({
    fields: Array.from({ length: 5 }, (_, n) => ({ name: `n${n}`, value: 'v' })),
  })),
  invalid('updateProfile', 'fields.0.name', 'a field without a name', () => ({ fields: [{ name: '', value: 'v' }] })),
  invalid('updateProfile', 'fields.0.value', 'a field without a value', () => ({ fields: [{ name: 'n', value: '' }] })),
  invalid('updatePreferences', 'locale', 'a locale that is none', () => ({ locale: 'not a locale' })),
  invalid('updatePreferences', 'timeZone', 'a time zone on Mars', () => ({ timeZone: 'Mars/Olympus_Mons' })),
];
