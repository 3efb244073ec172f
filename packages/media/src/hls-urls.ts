import { createCipheriv, createDecipheriv } from 'node:crypto';
import { deriveKey, mac } from '@plaza/auth/keys';
import type { Clock } from '@plaza/kernel/clock';
import { parse, stringify } from 'uuid';

/** Signed addresses are good for at least one bucket and at most two: longer than anybody watches a video of ten minutes. */
const BUCKET_SECONDS = 6 * 3600;
const NONCE = 12;
const TAG = 16;
const UUID = 16;
const PLAIN = UUID + 4;
/** A token's characters: base64url without padding. */
const TOKEN = new RegExp(`^[A-Za-z0-9_-]{${((NONCE + TAG + PLAIN) * 4) / 3}}$`);

/** A file of a video by its address. */
export interface HlsFile {
  /** SHA-256 (hex) over all that was made of the media. */
  readonly address: string;
  /** `hls/master.m3u8` */
  readonly name: string;
}

/** A path below the base, taken apart. */
export interface HlsPath extends HlsFile {
  /** Null: none was given. */
  readonly token: string | null;
}

const PATH = /^\/([0-9a-f]{64})\/hls\/(?:([A-Za-z0-9_-]{64})\/)?((?:[a-z0-9]+\/)?[a-z0-9-]+\.(?:m3u8|ts|vtt))$/;

/** `/<sha>/hls/720p/000.ts`, with a token after `hls/` or without one; null for what is no such path. */
export function parseHlsPath(path: string): HlsPath | null {
  const [, address, token, file] = PATH.exec(path) ?? [];
  return address === undefined || file === undefined ? null : { address, token: token ?? null, name: `hls/${file}` };
}

/**
 * The addresses of a video's playlists: `<base>/<sha>/hls/master.m3u8` for those that everybody may see, `<base>/<sha>/hls/<token>/master.m3u8`
 * for all others, so that what a playlist names relative to itself carries the same token. A token names its viewer, sealed, and is no
 * permission by itself: whoever serves a file looks at what that viewer may see now. It stays the same for some hours.
 */
export class HlsUrls {
  readonly #base: string;
  readonly #key: Buffer;
  readonly #nonceKey: Buffer;
  readonly #clock: Clock;

  /** `base` is where media are served, without a slash at the end. */
  constructor(options: { readonly base: string; readonly secret: Uint8Array; readonly clock: Clock }) {
    this.#base = options.base;
    this.#key = deriveKey(options.secret, 'hls url');
    this.#nonceKey = deriveKey(options.secret, 'hls url nonce');
    this.#clock = options.clock;
  }

  /** For media that are public as long as they are: whoever serves it looks again. */
  stable({ address, name }: HlsFile): string {
    return `${this.#base}/${address}/${name}`;
  }

  /** For one viewer, a UUID. */
  signed({ address, name }: HlsFile, viewerId: string): string {
    const plain = Buffer.alloc(PLAIN);
    plain.set(parse(viewerId));
    plain.writeUInt32BE((Math.floor(this.#now() / BUCKET_SECONDS) + 2) * BUCKET_SECONDS, UUID);
    // The same words get the same token, other words another nonce.
    const nonce = mac(this.#nonceKey, `${address} ${plain.toString('hex')}`).subarray(0, NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(address));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    const token = Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    return `${this.#base}/${address}/hls/${token}/${name.slice('hls/'.length)}`;
  }

  /** Whom a token was made for and how many seconds it is still good; null for one that is not good for this media any more. */
  open(address: string, token: string): { readonly viewerId: string; readonly seconds: number } | null {
    if (!TOKEN.test(token)) return null;
    const bytes = Buffer.from(token, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(address)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
      const seconds = plain.readUInt32BE(UUID) - Math.floor(this.#now());
      return seconds > 0 ? { viewerId: stringify(plain.subarray(0, UUID)), seconds } : null;
    } catch {
      return null;
    }
  }

  #now(): number {
    return this.#clock.now().getTime() / 1000;
  }
}
