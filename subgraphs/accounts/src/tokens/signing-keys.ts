import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

const PRESENT = 'signing-key.json';

/**
 * The keys in a folder of secrets: `signing-key.json` signs, made here if it is not there; `signing-key-<anything>.json` are older ones that
 * still check. To rotate: rename the present one so and start again; take old ones away once their tokens have run out.
 */
export async function openSigningKeys(dir: string): Promise<readonly JWK[]> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const present = await readFile(join(dir, PRESENT), 'utf8').catch(() => makeKey(dir));
  const older = (await readdir(dir)).filter((name) => /^signing-key-.+\.json$/u.test(name)).toSorted();
  const texts = [present, ...(await Promise.all(older.map((name) => readFile(join(dir, name), 'utf8'))))];
  return texts.map((text) => JSON.parse(text) as JWK); // files of our own; AccessTokens.open refuses what is no key
}

/** Written beside and linked into place: two starts at one moment agree on the first. */
async function makeKey(dir: string): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const draft = join(dir, `.${PRESENT}.${randomUUID()}`);
  await writeFile(draft, JSON.stringify({ ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'EdDSA', use: 'sig' }), {
    mode: 0o600,
    flush: true,
  });
  await link(draft, join(dir, PRESENT)).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  });
  await rm(draft);
  return readFile(join(dir, PRESENT), 'utf8');
}
