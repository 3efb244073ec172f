import type { ViewerClaims } from '@plaza/auth/assertion';
import type { Asker, CallClient } from '@plaza/calls/call-client';
import { searchableUsers } from '@plaza/calls/contracts/search.calls';
import type { Database } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import type { FieldError } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import type { LiveBus } from '@plaza/live/live-bus';
import type { Edits } from '@plaza/media/processing';
import type { PrismaClient } from '@plaza/prisma/content';
import type { MediaQuotas } from '../../config.js';
import { mediaChannel } from './media-channel.js';
import type { FailureCode } from './media.row.js';
import type { UploadFiles } from './upload-files.js';
import { breachOf, checkUpload, maxBytes, type MediaKind, type QuotaBreach, type UploadRequest } from './upload.policy.js';
import type { UploadRow, UploadStore } from './upload.store.js';

export type StartedUpload =
  | { readonly kind: 'started'; readonly mediaId: string }
  | { readonly kind: 'known'; readonly mediaId: string }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'full'; readonly breach: QuotaBreach }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

/** What came of an upload when its last byte was there. */
export type FinishedUpload = { readonly kind: 'queued' } | { readonly kind: 'failed'; readonly code: FailureCode };

export interface UploadServiceParts {
  readonly database: Database<PrismaClient>;
  readonly store: UploadStore;
  readonly files: UploadFiles;
  readonly quotas: MediaQuotas;
  readonly bus: LiveBus;
  readonly calls: CallClient;
  readonly clock: Clock;
  /** Work has come. */
  readonly onQueued: (kind: MediaKind) => void;
}

/** So long the bytes of an upload may take. */
export const UPLOAD_MS = 24 * 60 * 60_000;

/** Takes originals in: begins, proves and queues them. */
export class UploadService {
  readonly #parts: UploadServiceParts;
  readonly #finishing = new Map<string, Promise<FinishedUpload>>();

  constructor(parts: UploadServiceParts) {
    this.#parts = parts;
  }

  /** @throws Fault UNAVAILABLE when a watermark is wanted and nobody can say what the owner is called. */
  async start(owner: Asker & { readonly viewer: ViewerClaims }, request: UploadRequest): Promise<StartedUpload> {
    const { database, store, files, quotas, clock } = this.#parts;
    const good = checkUpload(request, quotas);
    if (good === 'unsupported') return { kind: 'unsupported' };
    if ('errors' in good) return { kind: 'invalid', fields: good.errors.list };
    const { kind, byteSize, sourceSha } = good;
    const ownerId = owner.viewer.id;
    const edits: Edits = { trim: request.trim, watermark: request.isMarked ? await this.#handleOf(owner) : null };

    const started = await database.transaction(async (tx): Promise<StartedUpload> => {
      await store.lockOwner(tx, ownerId);
      const known = await store.bySource(tx, ownerId, sourceSha, edits);
      if (known !== null && known.status !== 'UPLOADING') return { kind: 'known', mediaId: known.id };
      // The same file again while it is not complete: its upload goes on where it stands.
      if (known !== null && known.byteSize === byteSize && !this.isOver(known)) return { kind: 'started', mediaId: known.id };
      if (known !== null && known.byteSize !== byteSize)
        return { kind: 'invalid', fields: [{ path: 'byteSize', message: 'These bytes are being uploaded with another size.' }] };
      const breach = breachOf(await store.usage(tx, ownerId), byteSize, quotas);
      if (breach !== null) return { kind: 'full', breach };
      const mediaId = newId();
      await store.insert(tx, { id: mediaId, ownerId, kind, byteSize, sourceSha, edits, createdAt: clock.now() });
      return { kind: 'started', mediaId };
    });
    if (started.kind === 'started' && (await files.size(started.mediaId)) === null)
      await files.create(started.mediaId, byteSize, clock.now());
    return started;
  }

  async #handleOf(owner: Asker & { readonly viewer: ViewerClaims }): Promise<string> {
    const { users } = await this.#parts.calls.ask(searchableUsers, { userIds: [owner.viewer.id] }, owner);
    const handle = users[0]?.handle;
    if (handle === undefined) throw new Error('accounts does not know whoever it let in');
    return `@${handle}`;
  }

  /** Whoever's it is. */
  async lookUp(mediaId: string): Promise<UploadRow | null> {
    return this.#parts.store.byId(mediaId);
  }

  /** The owner's upload; null for missing and somebody else's alike. */
  async find(ownerId: string, mediaId: string): Promise<UploadRow | null> {
    const row = await this.lookUp(mediaId);
    return row === null || row.ownerId !== ownerId ? null : row;
  }

  isOver({ createdAt }: Pick<UploadRow, 'createdAt'>): boolean {
    return this.#parts.clock.now().getTime() - createdAt.getTime() > UPLOAD_MS;
  }

  /** Proves what has arrived and queues it. Doing it again is harmless; null while bytes are missing. */
  async finish(row: UploadRow): Promise<FinishedUpload | null> {
    if (row.status === 'FAILED') return { kind: 'failed', code: row.failureCode ?? 'PROCESSING_FAILED' };
    if (row.status !== 'UPLOADING') return { kind: 'queued' };
    if ((await this.#parts.files.size(row.id)) !== row.byteSize) return null;
    const running = this.#finishing.get(row.id) ?? this.#finish(row).finally(() => this.#finishing.delete(row.id));
    this.#finishing.set(row.id, running);
    return running;
  }

  /** The owner does not want it any more. */
  async abandon({ id }: UploadRow): Promise<void> {
    await this.#parts.store.remove(id);
    await this.#parts.files.remove(id);
    this.#parts.bus.publish(mediaChannel(id), '');
  }

  /** Takes up what a process left that ended between the last byte and its proof, and drops what took too long. */
  async resume(): Promise<void> {
    for (const row of await this.#parts.store.open()) {
      if (this.isOver(row)) await this.abandon(row);
      else await this.finish(row);
    }
  }

  async #finish({ id, sourceSha, byteSize }: UploadRow): Promise<FinishedUpload> {
    const { store, files, quotas, bus, clock, onQueued } = this.#parts;
    const proof = await this.#prove(id, sourceSha, byteSize, quotas);
    if (typeof proof === 'object') {
      if (await store.fail(id, proof.code, clock.now())) bus.publish(mediaChannel(id), '');
      await files.remove(id);
      return { kind: 'failed', code: proof.code };
    }
    if (await store.complete(id, proof, clock.now())) {
      bus.publish(mediaChannel(id), '');
      onQueued(proof);
    }
    return { kind: 'queued' };
  }

  async #prove(id: string, sourceSha: string, byteSize: number, quotas: MediaQuotas): Promise<MediaKind | { readonly code: FailureCode }> {
    const { files } = this.#parts;
    if ((await files.sha256(id)) !== sourceSha) return { code: 'CHECKSUM_MISMATCH' };
    const kind = await files.kind(id);
    if (kind === null) return { code: 'UNSUPPORTED_MEDIA' };
    return byteSize > maxBytes(kind, quotas) ? { code: 'TOO_LARGE' } : kind;
  }
}
