import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LinkVerifier } from '../src/modules/user/link-verifier.js';
import { type AccountsUnderTest, type Answer, at, codesOf, openAccounts, type Person } from './accounts-under-test.js';

let databases: TestDatabases<'accounts'>;
let accounts: AccountsUnderTest;
let person: Person;
let count = 0;
const asked: string[] = [];
let verdict: (url: string) => Promise<boolean> = async () => false;
const linkVerifier: LinkVerifier = {
  verify: (url, profileUrl) => {
    asked.push(`${url.href} ${profileUrl}`);
    return verdict(url.href);
  },
};

beforeAll(async () => {
  databases = await createDatabases(['accounts']);
  accounts = await openAccounts(databases.urls.accounts, { linkVerifier });
});
afterAll(async () => {
  await accounts.close();
  await databases.drop();
});
beforeEach(async () => {
  count += 1;
  asked.length = 0;
  verdict = async () => false;
  person = await accounts.newPerson(`profile_${count}`, { displayName: 'Before' });
});

const update = (input: Record<string, unknown>, as: Person | null = person): Promise<Answer> =>
  accounts.ask(
    `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename
      ... on UpdateProfileOk { user { displayName bio isLocked isDiscoverable avatar { ref } fields { name value verifiedAt } } }
      ... on UserError { code message } ... on ValidationError { fields { path } } } }`,
    { input },
    { as },
  );
const seen = async () =>
  at<Record<string, unknown>>(
    await accounts.ask(
      `{ user(handle: "profile_${count}") { displayName bio isLocked isDiscoverable avatar { ref } fields { name value verifiedAt } } }`,
    ),
    'user',
  );
const pathsOf = (answer: Answer) => at<{ path: string }[]>(answer, 'updateProfile.fields')?.map(({ path }) => path);

describe('changing the profile', () => {
  it('is seen by others, and told to other rooms once', async () => {
    const avatar = newId();
    accounts.world.media.set(avatar, person.id);
    const profile = {
      displayName: 'Sau đó',
      bio: 'two\nlines',
      isLocked: true,
      isDiscoverable: false,
      fields: [{ name: 'Pronouns', value: 'they' }],
    };
    const answer = await update({ ...profile, avatarId: toTypeId('media', avatar) });
    const expected = {
      ...profile,
      avatar: { ref: toTypeId('media', avatar) },
      fields: [{ name: 'Pronouns', value: 'they', verifiedAt: null }],
    };

    expect(at(answer, 'updateProfile.user')).toEqual(expected);
    expect(await seen()).toEqual(expected);
    expect(await accounts.events(person.id)).toEqual(['user.registered', 'user.profileChanged']);
  });

  it('leaves what is not named, and clears what is null', async () => {
    const avatar = newId();
    accounts.world.media.set(avatar, person.id);
    await update({ bio: 'a bio', avatarId: toTypeId('media', avatar), fields: [{ name: 'a', value: 'b' }] });
    await update({ isLocked: true });
    expect(await seen()).toMatchObject({
      displayName: 'Before',
      bio: 'a bio',
      isLocked: true,
      avatar: { ref: toTypeId('media', avatar) },
      fields: [{ name: 'a' }],
    });
    await update({ bio: null, avatarId: null, fields: [] });

    expect(await seen()).toEqual({ displayName: 'Before', bio: null, isLocked: true, isDiscoverable: true, avatar: null, fields: [] });
  });

  it.each([
    [['displayName'], { displayName: '' }],
    [['displayName'], { displayName: null }],
    [['displayName'], { displayName: 'a\nb' }],
    [['bio'], { bio: 'x'.repeat(501) }],
    [['bio'], { bio: 'nul\0' }],
    [['isLocked'], { isLocked: null }],
    [['isDiscoverable'], { isDiscoverable: null }],
    [['fields'], { fields: null }],
    [['fields'], { fields: Array.from({ length: 5 }, () => ({ name: 'a', value: 'b' })) }],
    [
      ['fields.1.name', 'fields.1.value'],
      {
        fields: [
          { name: 'a', value: 'b' },
          { name: '', value: 'x'.repeat(256) },
        ],
      },
    ],
    [['avatarId'], { avatarId: 'media_x' }],
    [['avatarId'], { avatarId: toTypeId('media', newId()) }],
    [['avatarId'], { avatarId: toTypeId('post', newId()) }],
    [['displayName', 'avatarId'], { displayName: ' ', avatarId: 'no' }],
  ])('names %j when the rule is broken, and changes nothing', async (paths, input) => {
    const before = await seen();
    const answer = await update({ bio: 'new', ...input });

    expect(pathsOf(answer)).toEqual(paths);
    expect(await seen()).toEqual(before);
    expect(await accounts.events(person.id)).toEqual(['user.registered']);
  });

  it("does not take somebody else's picture, and does not say that there is one", async () => {
    const theirs = newId();
    accounts.world.media.set(theirs, newId());

    expect(await update({ avatarId: toTypeId('media', theirs) })).toEqual(await update({ avatarId: toTypeId('media', newId()) }));
  });

  it('is for those who are signed in', async () => {
    expect(codesOf(await update({ bio: 'x' }, null))).toEqual(['UNAUTHENTICATED']);
  });

  it('keeps four fields whole when two devices change them at once', async () => {
    const sets = Array.from({ length: 6 }, (_, device) =>
      Array.from({ length: 4 }, (_row, place) => ({ name: `n${place}`, value: `device ${device}` })),
    );
    await Promise.all(sets.map((fields) => update({ fields })));
    const fields = (await seen())['fields'] as { value: string }[];

    expect(fields).toHaveLength(4);
    expect(new Set(fields.map(({ value }) => value)).size).toBe(1);
  });
});

describe('a link in the profile', () => {
  const verifiedAt = async () => ((await seen())['fields'] as { verifiedAt: string | null }[]).map((field) => field.verifiedAt);

  it('is marked when its page links back, after the change was answered', async () => {
    let open = (): void => {};
    const answered = new Promise<void>((resolve) => (open = resolve));
    verdict = async (url) => {
      await answered;
      return url === 'https://mine.example/';
    };
    const answer = await update({
      fields: [
        { name: 'Mine', value: 'https://mine.example/' },
        { name: 'Not mine', value: 'https://other.example/' },
        { name: 'Text', value: 'hello' },
        { name: 'Plain', value: 'http://plain.example/' },
      ],
    });
    expect(at<{ verifiedAt: null }[]>(answer, 'updateProfile.user.fields').map((field) => field.verifiedAt)).toEqual([
      null,
      null,
      null,
      null,
    ]);
    open();
    await vi.waitFor(async () => expect((await verifiedAt())[0]).toMatch(/^2/u));

    expect((await verifiedAt()).slice(1)).toEqual([null, null, null]);
    expect(asked.toSorted()).toEqual([
      `https://mine.example/ https://plaza.test/@profile_${count}`,
      `https://other.example/ https://plaza.test/@profile_${count}`,
    ]);
    expect(await accounts.events(person.id)).toEqual(['user.registered', 'user.profileChanged', 'user.profileChanged']);
  });

  it('stays marked when other things change', async () => {
    verdict = async () => true;
    await update({ fields: [{ name: 'Mine', value: 'https://mine.example/' }] });
    await vi.waitFor(async () => expect((await verifiedAt())[0]).toMatch(/^2/u));
    verdict = async () => false;
    await update({
      fields: [
        { name: 'New', value: 'first' },
        { name: 'Home', value: 'https://mine.example/' },
      ],
    });

    expect((await verifiedAt())[1]).toMatch(/^2/u);
  });

  it('is not marked when the field says something else by then', async () => {
    let finish: (links: boolean) => void = () => {};
    verdict = (url) => (url.includes('slow') ? new Promise((resolve) => (finish = resolve)) : Promise.resolve(false));
    await update({ fields: [{ name: 'Mine', value: 'https://slow.example/' }] });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await update({ fields: [{ name: 'Mine', value: 'https://changed.example/' }] });
    finish(true);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(await verifiedAt()).toEqual([null]);
  });

  it('does no harm when asking fails', async () => {
    verdict = () => Promise.reject(new Error('the verifier broke'));
    await update({ fields: [{ name: 'Mine', value: 'https://mine.example/' }] });
    await vi.waitFor(() => expect(asked).toHaveLength(1));

    expect(await verifiedAt()).toEqual([null]);
  });
});
