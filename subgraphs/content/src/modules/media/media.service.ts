import { createHash } from 'node:crypto';
import type { People } from '@plaza/calls/people';
import type { Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { FieldErrors, type FieldError } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import type { LiveBus } from '@plaza/live/live-bus';
import { stateStream } from '@plaza/live/state-stream';
import type { ObjectBytes, Objects } from '@plaza/media/objects';
import { makePhoto, type Photo } from '@plaza/media/photo';
import type { Turnstile } from '@plaza/kernel/turnstile';
import { isPublicMedia } from './media.policy.js';
import { mediaChannel } from './media-channel.js';
import type { MediaStore, ReadyPhoto } from './media.store.js';

export type Import = { readonly kind: 'imported'; readonly mediaId: string } | { readonly kind: 'unreadable' };

export type FocalPointSet =
  | { readonly kind: 'set'; readonly mediaId: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export interface MediaServiceParts {
  readonly store: MediaStore;
  readonly objects: Objects;
  readonly clock: Clock;
  readonly bus: LiveBus;
  /** How many photos are worked on at once. */
  readonly turnstile: Turnstile;
}

type MadePhoto = Extract<Photo, { kind: 'photo' }>;

/** An object's place; `name` with its ending: `w640.webp`. */
const keyOf = (address: string, name: string): string => `${address}/${name}`;

/** Takes photos in and says who may have them. */
export class MediaService {
  readonly #parts: MediaServiceParts;
  readonly #importing = new Map<string, Promise<Import>>();

  constructor(parts: MediaServiceParts) {
    this.#parts = parts;
  }

  /** The same bytes of the same owner are one media, so an import that was cut off is simply done again. */
  async importPhoto(ownerId: string, bytes: Uint8Array): Promise<Import> {
    const sourceSha = createHash('sha256').update(bytes).digest('hex');
    const name = `${ownerId} ${sourceSha}`;
    const running = this.#importing.get(name) ?? this.#import(ownerId, sourceSha, bytes);
    this.#importing.set(name, running);
    try {
      return await running;
    } finally {
      this.#importing.delete(name);
    }
  }

  /** Those of the media that belong to the owner and are READY. */
  async ownReady(ownerId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(ids.length === 0 ? [] : await this.#parts.store.ownReady(ownerId, ids));
  }

  /** Another subgraph shows these: they stay. */
  async hold(ids: ReadonlySet<string>): Promise<void> {
    if (ids.size > 0) await this.#parts.store.hold([...ids]);
  }

  /** Says what stays in sight in a crop of a media of the owner's. */
  async setFocalPoint(ownerId: string, mediaId: string | null, x: number, y: number): Promise<FocalPointSet> {
    if (mediaId === null) return { kind: 'missing' };
    const [media] = await this.#parts.store.byIds([mediaId]);
    if (media?.ownerId !== ownerId) return { kind: 'missing' };
    const errors = new FieldErrors();
    errors.that(x >= 0 && x <= 1, 'x', 'From 0 to 1.');
    errors.that(y >= 0 && y <= 1, 'y', 'From 0 to 1.');
    if (errors.any) return { kind: 'invalid', fields: errors.list };
    return (await this.#parts.store.setFocalPoint(ownerId, mediaId, x, y)) ? { kind: 'set', mediaId } : { kind: 'missing' };
  }

  /** Yields when a media's state is to be looked at: now, and after each change, until there is nothing more to come. */
  states(mediaId: string, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
    const { store, bus } = this.#parts;
    return stateStream({
      bus,
      channel: mediaChannel(mediaId),
      signal,
      read: () => store.stateOf(mediaId),
      revision: ({ words }) => words,
      isLast: ({ status }) => status === 'READY' || status === 'FAILED',
    });
  }

  /** Lets whoever sees the owner's profile see these. */
  async useOnProfile(ids: ReadonlySet<string>): Promise<void> {
    if (ids.size > 0) await this.#parts.store.markProfile([...ids]);
  }

  /** Those of the media that would be shown without an alt text: none was given with them, and they have none. */
  async undescribed(
    given: readonly { readonly mediaId: string | null; readonly altText: string | undefined }[],
  ): Promise<ReadonlySet<string>> {
    const bare = given.flatMap(({ mediaId: id, altText }) => (id === null || (altText ?? '') !== '' ? [] : [{ id, altText }]));
    const asked = bare.filter(({ altText }) => altText === undefined).map(({ id }) => id);
    const described = new Set(asked.length === 0 ? [] : await this.#parts.store.described(asked));
    return new Set(bare.map(({ id }) => id).filter((id) => !described.has(id)));
  }

  /** Writes the alt texts that were given beside media of the author's. A media has one, wherever it is shown. */
  async describe(tx: Tx, given: readonly { readonly mediaId: string | null; readonly altText: string | undefined }[]): Promise<void> {
    const described = given.flatMap(({ mediaId: id, altText }) => (id === null || altText === undefined ? [] : [{ id, altText }]));
    if (described.length > 0) await this.#parts.store.describe(tx, described);
  }

  /** Whether these bytes are anybody's READY media, and whether everybody may see them now. `people` is a guest's. */
  async findAddress(address: string, people: People): Promise<{ readonly isPublic: boolean } | null> {
    const uses = await this.#parts.store.usesOf(address);
    if (uses.length === 0) return null;
    const shown = uses.filter(({ isProfile, audiences }) => isProfile || audiences.includes('PUBLIC'));
    const sights = await people.sights(shown.map(({ ownerId }) => ownerId));
    return {
      isPublic: shown.some((use) => {
        const sight = sights.get(use.ownerId);
        return sight !== undefined && isPublicMedia(sight, use);
      }),
    };
  }

  async open(address: string, name: string): Promise<ObjectBytes | null> {
    return this.#parts.objects.get(keyOf(address, name));
  }

  async #import(ownerId: string, sourceSha: string, bytes: Uint8Array): Promise<Import> {
    const { store, turnstile } = this.#parts;
    const known = await store.readyBySource(ownerId, sourceSha);
    if (known !== null) return { kind: 'imported', mediaId: known };
    const photo = await turnstile.pass(() => makePhoto(bytes));
    if (photo.kind === 'rejected') return { kind: 'unreadable' };
    return { kind: 'imported', mediaId: await this.#keep({ ownerId, sourceSha, byteSize: bytes.byteLength }, photo) };
  }

  /** Objects first: a row that is there has its bytes; objects without a row are found by nobody. */
  async #keep(source: Pick<ReadyPhoto, 'ownerId' | 'sourceSha' | 'byteSize'>, photo: MadePhoto): Promise<string> {
    const { store, objects, clock } = this.#parts;
    const { address, blurhash, width, height } = photo;
    const variants = photo.variants.map((variant) => ({
      name: variant.name,
      width: variant.width,
      height: variant.height,
      byteSize: variant.bytes.byteLength,
    }));
    const id = newId();
    await store.insertPhoto({ id, ...source, address, blurhash, width, height, variants, createdAt: clock.now() }, async () => {
      await Promise.all(photo.variants.map(({ name, bytes }) => objects.put(keyOf(address, `${name}.webp`), bytes)));
    });
    return id;
  }
}
