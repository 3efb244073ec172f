import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** Something of a backup is missing, was changed, or does not fit. The message is one line. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const Table = z.object({
  rows: z.number().int(),
  /** Of its rows, in no order. */
  hash: z.string(),
});

const Manifest = z.object({
  format: z.literal(1),
  createdAt: z.iso.datetime(),
  /** plaza.json of the data folder. */
  stamp: z.looseObject({ version: z.string() }),
  postgres: z.object({ version: z.string(), begin: z.string(), end: z.string(), sha256 }),
  /** What was counted in a copy that was restored from this very backup; null when that was not wanted. */
  databases: z.record(z.string(), z.record(z.string(), Table)).nullable(),
  /** `sha256`: of their list. */
  objects: z.object({ count: z.number().int(), bytes: z.number(), sha256 }),
  secrets: z.object({ count: z.number().int(), sha256 }),
});

/** What a backup says of itself: written last, so a folder that has one is whole. */
export type Manifest = z.infer<typeof Manifest>;
/** Rows and hash by table, by database. */
export type Counts = NonNullable<Manifest['databases']>;

/** What lies in the folder of a backup. */
export const FILES = {
  manifest: 'manifest.json',
  postgres: 'postgres.tar.gz',
  /** A line of JSON an object: {@link ObjectLine}. */
  objectList: 'objects.jsonl',
  objects: 'objects',
  secrets: 'secrets.sealed',
} as const;

export const ObjectLine = z.object({ key: z.string(), bytes: z.number().int(), sha256 });
export type ObjectLine = z.infer<typeof ObjectLine>;

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, FILES.manifest), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
}

/** @throws BackupError where there is none, or one of another format. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, FILES.manifest), 'utf8').catch((cause: unknown) => {
    throw new BackupError(`${folder} is no backup, or one that did not come to its end: it has no ${FILES.manifest}`, { cause });
  });
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new BackupError(`${join(folder, FILES.manifest)} cannot be read`, { cause });
  }
}

/** In hexadecimal digits. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
