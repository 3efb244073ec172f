import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seal, unseal } from '@plaza/auth/seal';
import { z } from 'zod';
import { BackupError } from './manifest.js';

const KEY = /^[0-9a-f]{64}\s*$/u;
/** The key is of nothing else. */
const UNBOUND = Buffer.alloc(0);
const Secrets = z.record(z.string().regex(/^[\w.-]+$/u), z.base64());

/** The key in a file (64 hexadecimal digits); with `make`, a new one where there is no file, for its owner only. @throws BackupError */
export async function openKey(file: string, make: boolean): Promise<Uint8Array> {
  if (make) {
    await writeFile(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    });
  }
  const text = await readFile(file, 'utf8').catch(() => '');
  if (!KEY.test(text)) throw new BackupError(`${file} does not hold the key of the secrets (64 hexadecimal digits)`);
  return Buffer.from(text.trim(), 'hex');
}

/** Every file of a folder, which has no folders in it, as one sealed text. A folder that is not there has none. */
export async function sealFolder(folder: string, key: Uint8Array): Promise<{ readonly bytes: Buffer; readonly count: number }> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')] as const));
  return { bytes: seal(key, UNBOUND, Object.fromEntries(files)), count: files.length };
}

/** Writes the files back, for their owner only. @throws BackupError when the key is another one or the text was changed. */
export async function unsealFolder(bytes: Uint8Array, key: Uint8Array, folder: string): Promise<void> {
  let files: unknown;
  try {
    files = unseal(key, UNBOUND, bytes);
  } catch (cause) {
    throw new BackupError('the secrets do not open with this key', { cause });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(Secrets.parse(files)))
    await writeFile(join(folder, name), Buffer.from(content, 'base64'), { mode: 0o600 });
}
