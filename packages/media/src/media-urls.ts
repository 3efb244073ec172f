import { timingSafeEqual } from 'node:crypto';
import { deriveKey, mac } from '@plaza/auth/keys';
import type { Clock } from '@plaza/kernel/clock';

/** Signed URLs are good for at least one bucket and at most two. */
const BUCKET_MS = 5 * 60_000;
/** The published bound: so long after a block a URL that was handed out before it may still answer. */
export const SIGNED_URL_MAX_MS = 2 * BUCKET_MS;
const LENGTH = 16;

/** An object of a media by its address. */
export interface ObjectAddress {
  /** SHA-256 (hex) over the bytes of all variants of the media. */
  readonly address: string;
  /** `w640.webp` */
  readonly name: string;
}

/** What stands behind the `?` of a signed URL. */
export interface Signature {
  /** Whom it was made for: a name that only this installation can connect with a person. */
  readonly v: string;
  /** Seconds since 1970: good before this moment. */
  readonly e: string;
  readonly s: string;
}

/**
 * The addresses of pictures: `<base>/<sha>/w640.webp` for those that everybody may see, and the same with a signature over (media, viewer, object,
 * expiry) for all others. Expiries stand at the ends of five-minute buckets, so that one viewer's URLs stay the same, and can be cached, for some
 * minutes. What is played has addresses of its own: hls-urls.ts.
 */
export class MediaUrls {
  readonly #base: string;
  readonly #key: Buffer;
  readonly #viewerKey: Buffer;
  readonly #clock: Clock;

  /** `base` is where media are served, without a slash at the end. */
  constructor(options: { readonly base: string; readonly secret: Uint8Array; readonly clock: Clock }) {
    this.#base = options.base;
    this.#key = deriveKey(options.secret, 'media url');
    this.#viewerKey = deriveKey(options.secret, 'media url viewer');
    this.#clock = options.clock;
  }

  /** For media that are public as long as they are: whoever serves it looks again. */
  stable({ address, name }: ObjectAddress): string {
    return `${this.#base}/${address}/${name}`;
  }

  /** For one viewer (null: a guest), good for five to ten minutes. */
  signed(variant: ObjectAddress, viewerId: string | null): string {
    const e = String(((Math.floor(this.#clock.now().getTime() / BUCKET_MS) + 2) * BUCKET_MS) / 1000);
    const v = mac(this.#viewerKey, viewerId ?? 'guest')
      .subarray(0, LENGTH)
      .toString('base64url');
    return `${this.stable(variant)}?v=${v}&e=${e}&s=${this.#sign(variant, v, e).toString('base64url')}`;
  }

  /** How many seconds the signature is still good for; null when it is not. */
  remaining(variant: ObjectAddress, { v, e, s }: Signature): number | null {
    if (!/^[1-9][0-9]{0,11}$/.test(e) || v.length > 64 || s.length > 64) return null;
    const given = Buffer.from(s, 'base64url');
    if (given.length !== LENGTH || !timingSafeEqual(given, this.#sign(variant, v, e))) return null;
    const seconds = Number(e) - Math.floor(this.#clock.now().getTime() / 1000);
    return seconds > 0 ? seconds : null;
  }

  #sign({ address, name }: ObjectAddress, v: string, e: string): Buffer {
    return mac(this.#key, `${address} ${name} ${v} ${e}`).subarray(0, LENGTH);
  }
}
