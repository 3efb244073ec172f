import { createHmac, randomUUID } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeySet } from '../src/identity/key-set.js';
import { RevokedSessions } from '../src/identity/revoked-sessions.js';
import { createLogger } from '@plaza/telemetry/logger';
import { startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.fetches.length = 0;
});

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function signedByStranger(header: Record<string, unknown> = {}): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA');
  return new SignJWT(claims()).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1', ...header }).sign(privateKey);
}
const claims = (): Record<string, unknown> => {
  const now = Math.floor(world.state.now / 1000);
  return { iss: 'plaza', aud: 'plaza', sub: randomUUID(), sid: randomUUID(), client_id: 'plaza', scope: 'full', iat: now, exp: now + 300 };
};

/** Each makes a token that must not be accepted. */
const FORGERIES: Readonly<Record<string, () => Promise<string> | string>> = {
  'not a token': () => 'nonsense',
  'two dots': () => '..',
  'alg none': () => new UnsecuredJWT(claims()).encode(),
  'alg None, with a header': () => `${base64({ alg: 'None', typ: 'at+jwt', kid: 'k1' })}.${base64(claims())}.`,
  'HMAC with the public key as its secret': async () => {
    const [jwk] = world.state.keys;
    const body = `${base64({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${base64(claims())}`;
    return `${body}.${createHmac('sha256', Buffer.from(String(jwk?.x), 'base64url'))
      .update(body)
      .digest('base64url')}`;
  },
  'HMAC with the public key as PEM': async () => {
    const key = await importJWK(world.state.keys[0] ?? {}, 'EdDSA', { extractable: true });
    if (key instanceof Uint8Array) throw new Error('no public key');
    const body = `${base64({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${base64(claims())}`;
    return `${body}.${createHmac('sha256', await exportSPKI(key))
      .update(body)
      .digest('base64url')}`;
  },
  'a stranger’s key under our id': () => signedByStranger(),
  'a stranger’s key under its own id': () => signedByStranger({ kid: 'k2' }),
  'a key that the token brings along': async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'k1', jwk: await exportJWK(publicKey) };
    return new SignJWT(claims()).setProtectedHeader(header).sign(privateKey);
  },
  'the address of a key': () => signedByStranger({ jku: 'https://evil.example/jwks.json', x5u: 'https://evil.example/cert' }),
  'an id of a key that is a path': () => signedByStranger({ kid: '../../../../dev/null' }),
  'an id of a key that is SQL': () => signedByStranger({ kid: "' OR 1=1 --" }),
  'an id of a key that every object has': () => signedByStranger({ kid: '__proto__' }),
  'an empty id of a key': () => signedByStranger({ kid: '' }),
  'no id of a key': () => world.token({ header: { kid: undefined } }),
  'an id of a key that is a list': () => world.token({ header: { kid: ['k1'] } }),
  'another issuer': () => world.token({ claims: { iss: 'https://evil.example' } }),
  'no issuer': () => world.token({ claims: { iss: undefined } }),
  'another audience': () => world.token({ claims: { aud: 'elsewhere' } }),
  'no audience': () => world.token({ claims: { aud: undefined } }),
  'an ID token': () => world.token({ header: { typ: 'JWT' } }),
  'a refresh token': () => world.token({ header: { typ: 'rt+jwt' } }),
  'no type': () => world.token({ header: { typ: undefined } }),
  'a time that is over': () => world.token({ lifetimeSeconds: -10 }),
  'no end': () => world.token({ claims: { exp: undefined } }),
  'an end that is no number': () => world.token({ claims: { exp: 'never' } }),
  'a beginning in the future': () => world.token({ claims: { nbf: Math.floor(world.state.now / 1000) + 60 } }),
  'no person': () => world.token({ claims: { sub: undefined } }),
  'a person who is no UUID': () => world.token({ claims: { sub: 'anna' } }),
  'no session': () => world.token({ claims: { sid: undefined } }),
  'a session that is a list': () => world.token({ claims: { sid: [randomUUID()] } }),
  'scopes that are a list': () => world.token({ claims: { scope: ['admin'] } }),
  'alg nOnE': () => `${base64({ alg: 'nOnE', typ: 'at+jwt', kid: 'k1' })}.${base64(claims())}.`,
  'no alg': () => `${base64({ typ: 'at+jwt', kid: 'k1' })}.${base64(claims())}.${'A'.repeat(86)}`,
  'an alg that is a list': () => `${base64({ alg: ['EdDSA'], typ: 'at+jwt', kid: 'k1' })}.${base64(claims())}.${'A'.repeat(86)}`,
  'a signature of zeros': async () => `${(await world.token()).replace(/[^.]+$/u, '')}${'A'.repeat(86)}`,
  'a signature with one bit changed': async () => {
    const [header = '', payload = '', signature = ''] = (await world.token()).split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return `${header}.${payload}.${bytes.toString('base64url')}`;
  },
  'the signature of another token': async () => {
    const [header, payload] = (await world.token()).split('.');
    const other = (await world.token({ claims: { sub: randomUUID() } })).split('.')[2];
    return `${header}.${payload}.${other}`;
  },
  'a signature of elliptic curves': async () => {
    const { privateKey } = await generateKeyPair('ES256');
    return new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' }).sign(privateKey);
  },
  'a signature of RSA': async () => {
    const { privateKey } = await generateKeyPair('PS256');
    return new SignJWT(claims()).setProtectedHeader({ alg: 'PS256', typ: 'at+jwt', kid: 'k1' }).sign(privateKey);
  },
  'a certificate that the token brings along': () => signedByStranger({ x5c: ['MIIB'] }),
  'an id of a key that is an address': () => signedByStranger({ kid: 'https://evil.example/key' }),
  'an id of a key without an end': () => signedByStranger({ kid: 'k'.repeat(1_000) }),
  'an id of a key that is an object': () => signedByStranger({ kid: { toString: 'k1' } }),
  'a payload that is not encoded': async () => {
    const [header, payload, signature] = (await world.token({ header: { b64: false, crit: ['b64'] } }).catch(() => '..')).split('.');
    return `${header}.${payload}.${signature}`;
  },
  'an encrypted token': () => `${base64({ alg: 'dir', enc: 'A256GCM', typ: 'at+jwt', kid: 'k1' })}..AAAA.AAAA.AAAA`,
  'a token in a token': async () =>
    `${base64({ alg: 'EdDSA', typ: 'at+jwt', cty: 'JWT', kid: 'k1' })}.${base64(await world.token())}.${'A'.repeat(86)}`,
  'four parts': async () => `${await world.token()}.AAAA`,
  'a list of audiences without ours': () => world.token({ claims: { aud: ['elsewhere', 'other'] } }),
  'an issuer that begins as ours': () => world.token({ claims: { iss: 'plaza.evil.example' } }),
  'an issuer that is a list': () => world.token({ claims: { iss: ['plaza'] } }),
  'an end that is a text': () => world.token({ claims: { exp: String(Math.floor(world.state.now / 1000) + 300) } }),
  'no time of issue': () => world.token({ claims: { iat: undefined } }),
  'no client': () => world.token({ claims: { client_id: undefined } }),
  'a person who is a list': () => world.token({ claims: { sub: [randomUUID()] } }),
  'a session of another kind': () => world.token({ claims: { sid: `' OR 1=1 --` } }),
  'a payload that is a list': () => `${base64({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' })}.${base64([claims()])}.${'A'.repeat(86)}`,
  'a payload that is no JSON': () => `${base64({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' })}.bm9uc2Vuc2U.${'A'.repeat(86)}`,
  'a signature cut short': async () => (await world.token()).slice(0, -4),
  'no signature': async () => (await world.token()).replace(/[^.]+$/u, ''),
  'another payload': async () => {
    const [header, , signature] = (await world.token()).split('.');
    return `${header}.${base64(claims())}.${signature}`;
  },
  'another header': async () => {
    const [, payload, signature] = (await world.token()).split('.');
    return `${base64({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1', extra: 1 })}.${payload}.${signature}`;
  },
  'a header that is critical and unknown': async () => {
    const [, payload, signature] = (await world.token()).split('.');
    return `${base64({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1', crit: ['exotic'], exotic: true })}.${payload}.${signature}`;
  },
  'five thousand characters': () => `${'a'.repeat(5_000)}.b.c`,
};

const refusal = { message: 'The access token is not accepted. Refresh it or sign in again.', extensions: { code: 'UNAUTHENTICATED' } };

describe('access tokens', () => {
  it('are tried with more than forty-five forgeries', () => {
    expect(Object.keys(FORGERIES).length).toBeGreaterThanOrEqual(45);
  });

  it.each(Object.entries(FORGERIES))('are refused with %s, and nobody becomes a guest by it', async (_what, forge) => {
    const { status, headers, body } = await world.post('{ whoami }', { token: await forge() });
    expect(status).toBe(401);
    expect(body).toEqual({ errors: [refusal] });
    expect(headers.get('www-authenticate')).toContain('Bearer');
    expect(world.fetches).toEqual([]);
  });

  it.each(['Basic YTpi', 'Bearer', 'bearer  ', 'Bearer a b', 'token'])('are refused in the form "%s"', async (authorization) => {
    expect((await world.post('{ whoami }', { headers: { authorization } })).status).toBe(401);
  });

  it('speak for the person that they name', async () => {
    const { body } = await world.post('{ whoami }', { token: await world.token() });
    expect(body).toEqual({ data: { whoami: world.viewer.id } });
  });

  it('end when they say so, though they were accepted before', async () => {
    const token = await world.token({ lifetimeSeconds: 60 });
    expect((await world.post('{ whoami }', { token })).status).toBe(200);
    world.state.now += 70_000;
    expect((await world.post('{ whoami }', { token })).status).toBe(401);
  });

  it('are refused within two seconds after their session was ended', async () => {
    const sid = randomUUID();
    const token = await world.token({ claims: { sid } });
    expect((await world.post('{ whoami }', { token })).status).toBe(200);
    world.state.revoked.add(sid);
    await new Promise((done) => setTimeout(done, 1_800));
    const { status, body } = await world.post('{ whoami }', { token });
    expect([status, body]).toEqual([401, { errors: [refusal] }]);
  });
});

describe('the keys', () => {
  it('are shown to others, without a private part', async () => {
    const [key] = world.state.keys;
    world.state.keys = [{ ...key, d: 'private' }];
    const { body } = await world.send('/.well-known/jwks.json');
    expect(JSON.stringify(body)).not.toContain('"d"');
    expect(body).toMatchObject({ keys: [{ kid: 'k1', kty: 'OKP' }] });
  });

  const jwk = async (kid: string) => ({ ...(await exportJWK((await generateKeyPair('EdDSA', { extractable: true })).publicKey)), kid });

  it('are read again for an id that is new, but not for each stranger’s id', async () => {
    let [now, reads] = [0, 0];
    const published = [await jwk('old')];
    const keys = new KeySet(
      () => Promise.resolve((reads++, published)),
      () => now,
    );
    expect(await keys.key('old')).toBeDefined();
    for (let i = 0; i < 50; i++) expect(await keys.key(`guess ${i}`)).toBeUndefined();
    expect(reads).toBe(1);
    published.push(await jwk('new'));
    now += 1_000;
    expect(await keys.key('new')).toBeDefined();
    expect(reads).toBe(2);
  });

  it('are forgotten after five minutes when they were taken back', async () => {
    let now = 0;
    const published = [await jwk('old')];
    const keys = new KeySet(
      () => Promise.resolve([...published]),
      () => now,
    );
    await keys.key('old');
    published.length = 0;
    now += 300_000;
    expect(await keys.key('old')).toBeUndefined();
  });

  it('go on while their owner is away', async () => {
    let [now, isAway] = [0, false];
    const key = await jwk('old');
    const keys = new KeySet(
      () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve([key])),
      () => now,
    );
    await keys.key('old');
    isAway = true;
    now += 600_000;
    expect(await keys.key('old')).toBeDefined();
  });

  it('are only those that sign tokens', async () => {
    const secret = { kty: 'oct', k: 'c2VjcmV0', kid: 'oct', alg: 'HS256' };
    const rsa = { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'rsa' };
    const keys = new KeySet(
      () => Promise.resolve([secret, rsa]),
      () => 0,
    );
    expect(await keys.key('oct')).toBeUndefined();
    expect(await keys.key('rsa')).toBeUndefined();
  });
});

describe('the set of ended sessions', () => {
  it('is kept while it cannot be read, and read whole afterwards', async () => {
    const asked: number[] = [];
    let [isAway, ended] = [false, ['a']];
    const revoked = new RevokedSessions(
      (since) => {
        asked.push(since);
        return isAway ? Promise.reject(new Error('away')) : Promise.resolve({ sessionIds: ended, asOf: 100_000 });
      },
      createLogger('silent', 'test'),
      () => 0,
    );
    expect(() => revoked.has('a')).toThrow('unavailable');
    await revoked.refresh();
    await revoked.refresh();
    isAway = true;
    await revoked.refresh();
    expect(revoked.has('a')).toBe(true);
    [isAway, ended] = [false, ['b']];
    await revoked.refresh();
    expect([revoked.has('a'), revoked.has('b'), revoked.has('c')]).toEqual([true, true, false]);
    expect(asked).toEqual([0, 90_000, 90_000, 0]);
  });
});
