import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from './config.js';

/** The installation's internal secret, and the file that holds it. */
export interface InternalSecret {
  /** 64 hexadecimal digits. */
  readonly file: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

/**
 * The secret in the file that the environment names, else the one in the data folder's `secrets`, made at its first start for its owner only.
 * @throws ConfigError when the file cannot be read or holds something else.
 */
export async function openInternalSecret(dataDir: string, given: string | undefined): Promise<InternalSecret> {
  const dir = join(dataDir, 'secrets');
  if (given === undefined) await mkdir(dir, { recursive: true, mode: 0o700 });
  const file = given ?? join(dir, 'internal-secret');
  const text = given === undefined ? await kept(file, () => randomBytes(32).toString('hex')) : await readFile(file, 'utf8').catch(() => '');
  if (!/^[0-9a-f]{64}\s*$/u.test(text))
    throw new ConfigError(`PLAZA_INTERNAL_SECRET_FILE must be a file with 64 hexadecimal digits: ${file} is not`);
  return { file, bytes: Buffer.from(text.trim(), 'hex') };
}

/** A file's text; made first if it is not there. Two starts at one moment agree: the first to link its text wins. */
async function kept(path: string, make: () => string): Promise<string> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found !== undefined) return found.trim();
  const draft = `${path}-${randomUUID()}`;
  await writeFile(draft, `${make()}\n`, { mode: 0o600, flush: true });
  await link(draft, path).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  });
  await rm(draft);
  return (await readFile(path, 'utf8')).trim();
}
