import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BackupError } from './manifest.js';

const KEY = /^[0-9a-f]{64}\s*$/u;
const [NONCE_BYTES, TAG_BYTES] = [12, 16];
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

/** Every file of a folder, which has no folders in it, as one sealed text (AES-256-GCM). A folder that is not there has none. */
export async function seal(folder: string, key: Uint8Array): Promise<{ readonly bytes: Buffer; readonly count: number }> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')] as const));
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(JSON.stringify(Object.fromEntries(files))), cipher.final()]);
  return { bytes: Buffer.concat([nonce, cipher.getAuthTag(), body]), count: files.length };
}

/** Writes the files back, for their owner only. @throws BackupError when the key is another one or the text was changed. */
export async function unseal(bytes: Uint8Array, key: Uint8Array, folder: string): Promise<void> {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  let text: string;
  try {
    text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new BackupError('the secrets do not open with this key', { cause });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(Secrets.parse(JSON.parse(text))))
    await writeFile(join(folder, name), Buffer.from(content, 'base64'), { mode: 0o600 });
}
