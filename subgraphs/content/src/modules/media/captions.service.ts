import { text } from 'node:stream/consumers';
import type { Database } from '@plaza/db/database';
import { FieldErrors, type FieldError } from '@plaza/kernel/field-errors';
import { captionLanguage, type Cue, parseWebVtt } from '@plaza/media/captions';
import { captioned } from '@plaza/media/hls-captions';
import type { Objects } from '@plaza/media/objects';
import { HLS_MASTER } from '@plaza/media/video';
import type { PrismaClient } from '@plaza/prisma/content';
import { lockAddress } from './work.store.js';
import type { CaptionsStore, CaptionsText } from './captions.store.js';

export type CaptionsSet =
  | { readonly kind: 'set'; readonly mediaId: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

/** Captions that are to be. */
export interface CaptionsRequest {
  readonly mediaId: string | null;
  readonly language: string;
  /** Null: none in this language. */
  readonly webvtt: string | null;
}

export interface CaptionsServiceParts {
  readonly database: Database<PrismaClient>;
  readonly store: CaptionsStore;
  readonly objects: Objects;
}

/** A list in the graph without pages. */
const MAX_LANGUAGES = 20;

/** Gives videos their captions. */
export class CaptionsService {
  readonly #parts: CaptionsServiceParts;

  constructor(parts: CaptionsServiceParts) {
    this.#parts = parts;
  }

  /** A video is its owner's to give captions to; somebody else's is missing. */
  async set(ownerId: string, { mediaId, language, webvtt }: CaptionsRequest): Promise<CaptionsSet> {
    const { database, store } = this.#parts;
    if (mediaId === null || (await store.ownerOf(mediaId)) !== ownerId) return { kind: 'missing' };
    const errors = new FieldErrors();
    const known = captionLanguage(language);
    errors.that(known !== null, 'language', 'A language as BCP 47 writes it: en, pt-BR.');
    const parsed = webvtt === null ? null : parseWebVtt(webvtt);
    if (parsed?.kind === 'invalid') errors.that(false, 'webvtt', `Line ${parsed.line}: ${parsed.message}`);
    if (known === null || errors.any) return { kind: 'invalid', fields: errors.list };

    return database.transaction(async (tx): Promise<CaptionsSet> => {
      const video = await store.lockVideo(tx, mediaId);
      if (video === null) return invalid('mediaId', 'This is no video that is READY.');
      const others = (await store.texts(tx, mediaId)).filter((each) => each.language !== known.tag);
      const all = webvtt === null ? others : [...others, { mediaId, language: known.tag, isAuto: false, webvtt }];
      if (all.length > MAX_LANGUAGES) return invalid('language', `There are captions in ${MAX_LANGUAGES} languages already.`);
      // The address is held, so that no sweep of it takes what is put now.
      await lockAddress(tx, video.address);
      const { hls, tracks } = await this.#put(video, all);
      await store.replace(
        tx,
        mediaId,
        all.map((each, at) => ({ ...each, object: tracks[at] ?? '' })),
        hls,
      );
      return { kind: 'set', mediaId };
    });
  }

  async #put(
    { address, durationMs }: { readonly address: string; readonly durationMs: number },
    all: readonly CaptionsText[],
  ): Promise<{ readonly hls: string; readonly tracks: readonly string[] }> {
    const { objects } = this.#parts;
    if (all.length === 0) return { hls: HLS_MASTER, tracks: [] };
    const master = await objects.get(`${address}/${HLS_MASTER}`);
    if (master === null) throw new Error(`a video without its playlist: ${address}`);
    const tracks = all.map(({ language, isAuto, webvtt }) => ({
      language,
      auto: isAuto,
      name: captionLanguage(language)?.name ?? language,
      cues: cuesOf(webvtt),
    }));
    const made = captioned(await text(master.stream), tracks, durationMs);
    for (const { name, bytes } of made.objects) await objects.put(`${address}/${name}`, bytes);
    return made;
  }
}

/** Of a text that was good when it came. */
function cuesOf(webvtt: string): readonly Cue[] {
  const parsed = parseWebVtt(webvtt);
  return parsed.kind === 'captions' ? parsed.cues : [];
}

const invalid = (path: string, message: string): CaptionsSet => ({ kind: 'invalid', fields: [{ path, message }] });
