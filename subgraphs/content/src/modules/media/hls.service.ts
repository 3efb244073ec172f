import type { People } from '@plaza/calls/people';
import type { Clock } from '@plaza/kernel/clock';
import type { ObjectBytes } from '@plaza/media/objects';
import type { HlsPath, HlsUrls } from '@plaza/media/hls-urls';
import { cacheCount } from '@plaza/telemetry/cache-counts';
import { LRUCache } from 'lru-cache';
import { canSeeMedia } from './media.policy.js';
import type { MediaService } from './media.service.js';
import type { MediaStore } from './media.store.js';

/** What a player may have: kept by everybody's caches, or by the viewer's own for so many seconds. */
export type Permission = { readonly kind: 'public' } | { readonly kind: 'private'; readonly seconds: number };

export interface HlsServiceParts {
  readonly media: MediaService;
  readonly store: MediaStore;
  readonly urls: HlsUrls;
  readonly clock: Clock;
  readonly guest: () => People;
  /** What a viewer may see now. @throws Fault UNAVAILABLE */
  readonly as: (viewerId: string) => Promise<People>;
}

/** A player asks every few seconds: so long an answer is given again. Within it, a block ends what plays. */
const REMEMBERED_MS = 10_000;
/** A browser keeps what it has played as long as a signed picture. */
const KEPT_SECONDS = 600;

/** Who may play what. A token says who asks; whether they may is looked at for every file, so it may live longer than any video plays. */
export class HlsService {
  readonly #parts: HlsServiceParts;
  readonly #seen: LRUCache<string, boolean>;
  readonly #count = cacheCount('playback');

  constructor(parts: HlsServiceParts) {
    this.#parts = parts;
    this.#seen = new LRUCache({ max: 10_000, ttl: REMEMBERED_MS, perf: { now: () => parts.clock.now().getTime() } });
  }

  /** Null: not for the one who asks, or not there. */
  async permission({ address, token }: HlsPath): Promise<Permission | null> {
    const { media, urls, guest } = this.#parts;
    const found = await media.findAddress(address, guest());
    if (found === null) return null;
    if (found.isPublic) return { kind: 'public' };
    const opened = token === null ? null : urls.open(address, token);
    if (opened === null || !(await this.#maySee(address, opened.viewerId))) return null;
    return { kind: 'private', seconds: Math.min(opened.seconds, KEPT_SECONDS) };
  }

  async open({ address, name }: HlsPath): Promise<ObjectBytes | null> {
    return this.#parts.media.open(address, name);
  }

  async #maySee(address: string, viewerId: string): Promise<boolean> {
    const key = `${address} ${viewerId}`;
    const known = this.#seen.get(key);
    this.#count[known === undefined ? 'misses' : 'hits'] += 1;
    if (known !== undefined) return known;
    const [uses, people] = await Promise.all([this.#parts.store.usesOf(address), this.#parts.as(viewerId)]);
    const sights = await people.sights(uses.map(({ ownerId }) => ownerId));
    const may = uses.some((use) => {
      const sight = sights.get(use.ownerId);
      return sight !== undefined && canSeeMedia(sight, use);
    });
    this.#seen.set(key, may);
    return may;
  }
}
