import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessTokens } from './access-tokens.js';
import { openSigningKeys } from './signing-keys.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plaza-keys-'));
});
afterEach(() => rm(dir, { recursive: true }));

const checked = async (token: string, by: AccessTokens) =>
  jwtVerify(token, createLocalJWKSet({ keys: [...by.publicKeys] }), {
    issuer: 'plaza',
    audience: 'plaza',
    typ: 'at+jwt',
    algorithms: ['EdDSA'],
  });

describe('the keys of access tokens', () => {
  it('are made once, for their owner alone, also by two who start at one moment', async () => {
    const [one, two] = await Promise.all([openSigningKeys(join(dir, 'secrets')), openSigningKeys(join(dir, 'secrets'))]);

    expect(one).toEqual(two);
    expect(await openSigningKeys(join(dir, 'secrets'))).toEqual(one);
    expect((await stat(join(dir, 'secrets', 'signing-key.json'))).mode & 0o777).toBe(0o600);
  });

  it('never leave by their private half', async () => {
    const { publicKeys } = await AccessTokens.open(await openSigningKeys(dir), 600);

    expect(publicKeys.map((key) => Object.keys(key).toSorted())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x']]);
  });

  it('can be rotated: the new one signs, tokens of the old one are good until they run out', async () => {
    const before = await AccessTokens.open(await openSigningKeys(dir), 600);
    const old = await before.mint({ userId: 'u', sessionId: 's', isOperator: false }, new Date());
    await rename(join(dir, 'signing-key.json'), join(dir, 'signing-key-2026.json'));
    const after = await AccessTokens.open(await openSigningKeys(dir), 600);
    const fresh = await after.mint({ userId: 'u', sessionId: 's', isOperator: false }, new Date());

    expect(after.publicKeys).toHaveLength(2);
    expect((await checked(old.token, after)).protectedHeader.kid).not.toBe((await checked(fresh.token, after)).protectedHeader.kid);
    await expect(checked(fresh.token, before)).rejects.toThrow();
  });
});
