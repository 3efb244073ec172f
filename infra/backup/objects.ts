import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readConfig } from '@plaza/content/config';
import { FolderObjects } from '@plaza/media/folder-objects';
import { objectKey, type Objects } from '@plaza/media/objects';
import { BackupError, FILES, ObjectLine } from './manifest.js';

/** Where photos and videos lie, as content finds them: a bucket where the environment names one, else the data folder. */
export async function objectsOf(dataDir: string): Promise<Objects> {
  const { bucket } = readConfig(process.env);
  if (bucket === undefined) return new FolderObjects(join(dataDir, 'media'));
  const { BucketObjects } = await import('@plaza/media/bucket-objects');
  return new BucketObjects(bucket);
}

/** Copies the objects that `known` lacks, and adds them there. An object never changes under its key. */
export async function copyObjects(objects: Objects, folder: string, known: Map<string, ObjectLine>): Promise<void> {
  for await (const { key } of objects.list()) {
    if (known.has(key)) continue;
    const found = await objects.get(key);
    if (found === null) continue; // deleted meanwhile
    const path = join(folder, FILES.objects, objectKey(key));
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    await pipeline(found.stream, counted, createWriteStream(path, { mode: 0o600 }));
    known.set(key, { key, bytes, sha256: hash.digest('hex') });
  }
}

/** Puts a backup's objects back. @throws BackupError for one that is missing or is not what was written. */
export async function restoreObjects(folder: string, objects: Objects): Promise<number> {
  let count = 0;
  for await (const text of createInterface({ input: createReadStream(join(folder, FILES.objectList)) })) {
    const { key, sha256 } = ObjectLine.parse(JSON.parse(text));
    const bytes = await readFile(join(folder, FILES.objects, objectKey(key))).catch(() => undefined);
    if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new BackupError(`the object ${key} is missing or was changed`);
    await objects.put(key, bytes);
    count += 1;
  }
  return count;
}
