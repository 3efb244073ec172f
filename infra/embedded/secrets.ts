import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { type Config, ConfigError } from './config.js';

const SigningKey = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string(), kid: z.string() });

/** What this installation must keep to itself. */
export interface Secrets {
  /** 32 bytes: assertions, gates and cursors are derived from it. */
  readonly internal: Uint8Array;
  /** The private EdDSA key of access tokens. */
  readonly signingKey: JWK;
}

/** Those given in the environment, else those in the data folder's `secrets`, made at its first start for their owner only. */
export async function openSecrets(dataDir: string, given: Config['secrets']): Promise<Secrets> {
  const dir = join(dataDir, 'secrets');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const internal = given.internal ?? (await kept(join(dir, 'internal-secret'), () => randomBytes(32).toString('hex')));
  const key = given.signingKey ?? (await kept(join(dir, 'signing-key.json'), newSigningKey));
  const parsed = SigningKey.safeParse(parsedJson(key));
  if (!parsed.success) throw new ConfigError('PLAZA_SIGNING_KEY must be a private Ed25519 key as a JWK with a kid');
  return { internal: Buffer.from(internal, 'hex'), signingKey: parsed.data };
}

/** A file's text; made first if it is not there. Two starts at one moment agree: the first to link its text wins. */
async function kept(path: string, make: () => string | Promise<string>): Promise<string> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found !== undefined) return found.trim();
  const draft = `${path}-${randomUUID()}`;
  await writeFile(draft, `${await make()}\n`, { mode: 0o600, flush: true });
  await link(draft, path).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  });
  await rm(draft);
  return (await readFile(path, 'utf8')).trim();
}

async function newSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return JSON.stringify({ ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'EdDSA', use: 'sig' });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
