import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The installation's internal secret (32 bytes): the one given in the environment, else the one in the data folder's `secrets`, made at
 * its first start for its owner only.
 * @param given in hexadecimal digits.
 */
export async function openInternalSecret(dataDir: string, given: string | undefined): Promise<Uint8Array> {
  if (given !== undefined) return Buffer.from(given, 'hex');
  const dir = join(dataDir, 'secrets');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return Buffer.from(await kept(join(dir, 'internal-secret'), () => randomBytes(32).toString('hex')), 'hex');
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
