import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import { SNIFF_BYTES, sniffContainer } from '@plaza/media/video-sniff';
import { fileTypeFromFile } from 'file-type';
import { kindOf, type MediaKind } from './upload.policy.js';

/** Originals, in parts and whole, on this machine's disk: one file a media, called by its UUID, until the work on it is done. */
export class UploadFiles {
  readonly #folder: string;
  /** Where the tus protocol writes. */
  readonly tus: FileStore;

  constructor(folder: string) {
    this.#folder = folder;
    // The store makes its folder itself, but nobody can wait for it.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.tus = new FileStore({ directory: folder });
  }

  path(id: string): string {
    return join(this.#folder, id);
  }

  /** An empty file of so many bytes to come. */
  async create(id: string, byteSize: number, createdAt: Date): Promise<void> {
    await this.tus.create(new Upload({ id, size: byteSize, offset: 0, creation_date: createdAt.toISOString() }));
  }

  /** How many bytes are there; null without a file. */
  async size(id: string): Promise<number | null> {
    return stat(this.path(id)).then(
      ({ size }) => size,
      () => null,
    );
  }

  async sha256(id: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(this.path(id)) as AsyncIterable<Buffer>) hash.update(chunk);
    return hash.digest('hex');
  }

  /** What the first bytes say that it is; null for what is not taken. What a worker makes of the rest, it says itself. */
  async kind(id: string): Promise<MediaKind | null> {
    const type = await fileTypeFromFile(this.path(id)).catch(() => undefined);
    const kind = kindOf(type?.mime ?? '');
    if (kind !== undefined) return kind;
    const file = await open(this.path(id), 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
      return sniffContainer(buffer.subarray(0, bytesRead)) === null ? null : 'VIDEO';
    } finally {
      await file.close();
    }
  }

  async remove(id: string): Promise<void> {
    await Promise.all([rm(this.path(id), { force: true }), rm(`${this.path(id)}.json`, { force: true })]);
  }

  /** The media that have a file here. */
  async ids(): Promise<readonly string[]> {
    return [...new Set((await readdir(this.#folder)).map((name) => name.replace(/\.json$/u, '')))].filter((name) =>
      /^[0-9a-f-]{36}$/u.test(name),
    );
  }
}
