import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountsUnderTest, type Answer, at, codesOf, openAccounts, type Person } from './accounts-under-test.js';

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
  count += 1;
  person = await accounts.newPerson(`prefers_${count}`);
});

const DEFAULTS = {
  locale: 'en',
  timeZone: 'UTC',
  theme: 'SYSTEM',
  defaultAudience: 'PUBLIC',
  autoplayVideo: true,
  showSensitiveMedia: false,
  requireAltText: false,
};
const FIELDS = 'locale timeZone theme defaultAudience autoplayVideo showSensitiveMedia requireAltText';
const update = (input: Record<string, unknown>, as: Person | null = person): Promise<Answer> =>
  accounts.ask(
    `mutation ($input: UpdatePreferencesInput!) { updatePreferences(input: $input) { __typename
      ... on UpdatePreferencesOk { viewer { preferences { ${FIELDS} } } preferences { ${FIELDS} } } ... on ValidationError { code fields { path } } } }`,
    { input },
    { as },
  );
const preferences = async () => at(await accounts.ask(`{ me { preferences { ${FIELDS} } } }`, {}, { as: person }), 'me.preferences');

describe('preferences', () => {
  it('have defaults', async () => {
    expect(await preferences()).toEqual(DEFAULTS);
  });

  it('come back as they were set', async () => {
    const wish = {
      locale: 'zh-Hans',
      timeZone: 'Asia/Ho_Chi_Minh',
      theme: 'DARK',
      defaultAudience: 'MUTUALS',
      autoplayVideo: false,
      showSensitiveMedia: true,
      requireAltText: true,
    };
    const answer = await update(wish);

    expect(at(answer, 'updatePreferences')).toEqual({
      __typename: 'UpdatePreferencesOk',
      viewer: { preferences: wish },
      preferences: wish,
    });
    expect(await preferences()).toEqual(wish);
  });

  it('change one by one, also at the same moment', async () => {
    await Promise.all([
      update({ theme: 'LIGHT' }),
      update({ locale: 'vi' }),
      update({ autoplayVideo: false }),
      update({ timeZone: 'Europe/Berlin' }),
    ]);

    expect(await preferences()).toEqual({ ...DEFAULTS, theme: 'LIGHT', locale: 'vi', autoplayVideo: false, timeZone: 'Europe/Berlin' });
  });

  it('stay as they are when nothing is named', async () => {
    await update({ theme: 'DARK' });
    await update({});

    expect(await preferences()).toEqual({ ...DEFAULTS, theme: 'DARK' });
  });

  it('keep a language tag in its canonical form', async () => {
    await update({ locale: 'ZH-hANS-cn' });

    expect(await preferences()).toMatchObject({ locale: 'zh-Hans-CN' });
  });

  it.each([
    ['locale', ''],
    ['locale', 'not a tag'],
    ['locale', 'e'],
    ['locale', null],
    ['locale', '\0'],
    ['timeZone', ''],
    ['timeZone', 'Mars/Olympus_Mons'],
    ['timeZone', '+07:00'],
    ['timeZone', null],
    ['theme', null],
    ['autoplayVideo', null],
  ])('names %s when it is %j, and changes nothing', async (path, value) => {
    const answer = await update({ showSensitiveMedia: true, [path]: value });

    expect(at(answer, 'updatePreferences')).toEqual({ __typename: 'ValidationError', code: 'VALIDATION', fields: [{ path }] });
    expect(await preferences()).toEqual(DEFAULTS);
  });

  it.each([{ colour: 'RED' }, { theme: 'PINK' }, { autoplayVideo: 'yes' }])('do not know %j', async (input) => {
    expect((await update(input)).errors).toHaveLength(1);
    expect(await preferences()).toEqual(DEFAULTS);
  });

  it('are of those who are signed in', async () => {
    expect(codesOf(await update({ theme: 'DARK' }, null))).toEqual(['UNAUTHENTICATED']);
  });
});
