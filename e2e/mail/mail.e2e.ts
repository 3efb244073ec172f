import type { Guest, Person } from '@plaza/testing/people';
import { Mailboxes } from '@plaza/testing/mailboxes';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPlaza } from '../world.js';

let world: World;
let mailboxes: Mailboxes;
let guest: Guest;

beforeAll(async () => {
  world = await startPlaza();
  mailboxes = new Mailboxes(world.ground.dataDir, world.tables('accounts').sql);
  guest = world.guest();
});
afterAll(() => world.stop());

const NEW_PASSWORD = 'a walk along the river';
const CONTACT = '{ me { email emailVerified pendingEmail } }';
const contact = async (person: Person) => (await person.graphql(CONTACT)).json.data.me;

/** Presses the button of a page. */
const press = (link: URL, fields: Record<string, string> = {}): Promise<Response> =>
  fetch(new URL(link.pathname, link), {
    method: 'POST',
    body: new URLSearchParams({ token: link.searchParams.get('token') ?? '', ...fields }),
  });

/** Waits until the person's access token is good for nothing: seconds later at most, whatever is cached. */
const signedOut = (person: Person): Promise<void> =>
  vi.waitFor(
    async () => {
      const { json } = await person.graphql('{ me { id } }');
      expect(json.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    },
    { timeout: 30_000, interval: 100 },
  );

describe('the mail of a new account', () => {
  it('leads to a page whose button proves the address once; to look at the page changes nothing', async () => {
    const anna = await world.person('anna');
    const link = await mailboxes.link(anna.email, 'verify-email');
    const page = await fetch(link);
    expect(page.status).toBe(200);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(await page.text()).toContain('<form method="post"');
    expect(await contact(anna)).toMatchObject({ emailVerified: false });

    expect(await (await press(link)).text()).toContain(`${anna.email} is confirmed`);
    expect(await contact(anna)).toMatchObject({ emailVerified: true });
    expect((await press(link)).status).toBe(410);
    expect((await press(new URL(link.pathname, link), { token: '' })).status).toBe(410);
  });

  it('that was owed when accounts went away goes out when it is back', async () => {
    const binh = await world.person('binh');
    await world.kill('accounts');
    // What was just being sent is its dead sender's for three minutes: they are over.
    await world.tables('accounts').sql`UPDATE outgoing_mail SET due_at = now() WHERE ended_at IS NULL`;
    await world.revive('accounts');
    const { verifyEmail } = await guest.plays('VerifyEmail', { input: { token: await mailboxes.token(binh.email, 'verify-email') } });
    expect(verifyEmail).toMatchObject({ email: binh.email });
  });
});

describe('a forgotten password', () => {
  it('is replaced by the mail’s page, and everybody is signed out', async () => {
    const chen = await world.person('chen');
    await guest.does('RequestPasswordReset', { identifier: chen.handle });
    const link = await mailboxes.link(chen.email, 'reset-password');
    expect(await (await fetch(link)).text()).toContain('type="password"');
    const short = await press(link, { newPassword: 'short' });
    expect([short.status, await short.text()]).toEqual([400, expect.stringContaining('Use 8 to 256 characters')]);

    expect((await press(link, { newPassword: NEW_PASSWORD })).status).toBe(200);
    await signedOut(chen);
    const refused = await guest.plays('Login', { input: { identifier: chen.handle, password: chen.password } });
    expect(refused.login).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    const back = await guest.plays('Login', { input: { identifier: chen.email, password: NEW_PASSWORD } });
    expect(back.login.session.accessToken).toEqual(expect.any(String));
  });

  it('is asked for in vain, and in the same bytes, by whoever guesses at names', async () => {
    const dan = await world.person('dan');
    const ask =
      'mutation ($identifier: String!) { requestPasswordReset(input: { identifier: $identifier }) { __typename ... on RequestPasswordResetOk { tokenLifetime } } }';
    const answers = await Promise.all(
      [dan.handle, dan.email, 'nobody_at_all', 'nobody@example.com'].map((identifier) => guest.graphql(ask, { identifier })),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(await mailboxes.of('nobody@example.com')).toEqual([]);
  });
});

describe('a change of address', () => {
  it('is confirmed by the new mailbox and taken back by the old one', async () => {
    const emil = await world.person('emil');
    await guest.does('VerifyEmail', { token: await mailboxes.token(emil.email, 'verify-email') });
    const newEmail = `new_${emil.email}`;
    await emil.does('RequestEmailChange', { newEmail, password: emil.password });
    expect(await contact(emil)).toMatchObject({ email: emil.email, pendingEmail: newEmail });
    await guest.does('ConfirmEmailChange', { token: await mailboxes.token(newEmail, 'confirm-email') });
    expect(await contact(emil)).toEqual({ email: newEmail, emailVerified: true, pendingEmail: null });

    const undone = await guest.does('UndoEmailChange', { token: await mailboxes.token(emil.email, 'undo-email-change') });
    expect(undone).toMatchObject({ email: emil.email, sessionsEnded: 1 });
    await signedOut(emil);
    await guest.does('ResetPassword', { token: await mailboxes.token(emil.email, 'reset-password'), newPassword: NEW_PASSWORD });
  });
});
