import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes that are looked for. */
export interface Marker {
  readonly what: string;
  readonly bytes: Buffer;
}

/** Which of the markers lie anywhere below a folder, in whatever file, named by what they are and where. */
export async function foundIn(folder: string, markers: readonly Marker[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // One that the cache has just let go is gone.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    for (const marker of markers) if (bytes.includes(marker.bytes)) found.push(`${marker.what} in ${path}`);
  }
  return found;
}
