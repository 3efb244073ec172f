import { expect, it } from 'vitest';
import { httpsLinkVerifier, publicLookup } from './https-link-verifier.js';
import { linkIn } from './profile.policy.js';

const never = new AbortController().signal;

it.each([
  'https://127.0.0.1/',
  'https://localhost/',
  'https://localhost./',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://169.254.169.254/latest/meta-data',
])('asks nobody at %s', async (url) => {
  expect(await httpsLinkVerifier.verify(new URL(url), 'https://plaza.test/@anna', never)).toBe(false);
});

it('finds no address for a name of this machine, however it is asked', async () => {
  for (const options of [{ all: true }, {}]) {
    const error = await new Promise((resolve) => publicLookup('localhost', options, resolve));
    expect(error).toMatchObject({ code: 'ENOTFOUND' });
  }
});

it.each([
  ['https://example.org/me', true],
  ['http://example.org', false],
  ['https://example.org:8443/', false],
  ['https://user:password@example.org/', false],
  ['javascript:alert(1)', false],
  ['they/them', false],
  ['https://', false],
])('%s is a link that can be asked: %s', (value, isLink) => {
  expect(linkIn(value) !== null).toBe(isLink);
});
