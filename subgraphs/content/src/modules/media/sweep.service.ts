import type { Clock } from '@plaza/kernel/clock';
import type { Objects } from '@plaza/media/objects';
import type { SweepStore } from './sweep.store.js';
import type { UploadFiles } from './upload-files.js';
import type { UploadService } from './upload.service.js';
import type { UploadStore } from './upload.store.js';

export interface SweepParts {
  readonly store: SweepStore;
  readonly uploadStore: UploadStore;
  readonly uploads: UploadService;
  readonly files: UploadFiles;
  readonly objects: Objects;
  readonly clock: Clock;
}

/** What nobody uses, and what was left behind, is kept so long. */
export const UNUSED_MS = 24 * 60 * 60_000;
const SLICE = 200;

/** Clears away what nobody can see any more; never what a row still names. */
export class SweepService {
  readonly #parts: SweepParts;

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  async sweep(): Promise<void> {
    await this.#parts.uploads.resume();
    await this.#unusedMedia();
    await this.#strayFiles();
    await this.#strayObjects();
  }

  /** Media that no post, no profile and no other subgraph holds: their rows first, the objects find themselves stray. */
  async #unusedMedia(): Promise<void> {
    const { store } = this.#parts;
    const before = this.#before();
    for (let removed: readonly string[]; (removed = await store.removeUnused(before, SLICE)).length > 0;) {
      for (const address of removed) await this.#removeObjects(address);
    }
  }

  /** Originals whose work is done, or whose media is gone. */
  async #strayFiles(): Promise<void> {
    const { files, uploadStore } = this.#parts;
    const ids = await files.ids();
    for (let at = 0; at < ids.length; at += SLICE) {
      const slice = ids.slice(at, at + SLICE);
      const needed = await uploadStore.needed(slice);
      for (const id of slice) if (!needed.has(id)) await files.remove(id);
    }
  }

  /** Objects without a row: of work that was cut off, or of media that are gone. Young ones may be somebody's who is at it. */
  async #strayObjects(): Promise<void> {
    const { objects, store } = this.#parts;
    const before = this.#before();
    const old = new Set<string>();
    for await (const { key, writtenAt } of objects.list()) {
      const address = key.split('/')[0] ?? '';
      if (writtenAt < before) old.add(address);
    }
    const addresses = [...old];
    for (let at = 0; at < addresses.length; at += SLICE) {
      for (const address of await store.unknown(addresses.slice(at, at + SLICE))) await this.#removeObjects(address);
    }
  }

  async #removeObjects(address: string): Promise<void> {
    const { objects, store } = this.#parts;
    await store.withoutRow(address, async (stillHolds) => {
      for await (const { key } of objects.list(address)) {
        await stillHolds();
        await objects.delete(key);
      }
    });
  }

  #before(): Date {
    return new Date(this.#parts.clock.now().getTime() - UNUSED_MS);
  }
}
