import { type CryptoKey, importJWK, type JWK } from 'jose';

/** The issuer's public keys as it publishes them. */
export type FetchKeys = () => Promise<readonly JWK[]>;

/** Keys that were taken back are refused after this time at the latest. */
const FRESH_MS = 300_000;
/** A key id that is not known makes the set be read again, but no more often than this: ids come from strangers. */
const ASK_AGAIN_MS = 1_000;

/** The keys that access tokens are checked with, by their id. Only EdDSA signing keys are taken in. */
export class KeySet {
  readonly #fetch: FetchKeys;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, CryptoKey> = new Map();
  #published: readonly JWK[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(fetch: FetchKeys, now: () => number) {
    this.#fetch = fetch;
    this.#now = now;
  }

  /** Undefined: there is no such key. @throws Fault UNAVAILABLE when no set was ever read and none can be read now */
  async key(id: string): Promise<CryptoKey | undefined> {
    const known = this.#keys.get(id);
    if (known !== undefined && this.#isFresh()) return known;
    await this.#refresh();
    return this.#keys.get(id);
  }

  /** The set for others to check tokens with (RFC 7517). @throws Fault UNAVAILABLE when none was ever read */
  async published(): Promise<readonly JWK[]> {
    if (!this.#isFresh()) await this.#refresh();
    return this.#published;
  }

  #isFresh(): boolean {
    return this.#now() - this.#readAt < FRESH_MS;
  }

  async #refresh(): Promise<void> {
    const wasRead = this.#readAt !== Number.NEGATIVE_INFINITY;
    if (wasRead && this.#now() - this.#triedAt < ASK_AGAIN_MS) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    try {
      await this.#reading;
    } catch (error) {
      // Signatures by known keys stay good while their owner is away.
      if (!wasRead) throw error;
    }
  }

  async #read(): Promise<void> {
    this.#triedAt = this.#now();
    const published = await this.#fetch();
    const usable = published.filter(
      ({ kid, kty, crv, alg }) => kid !== undefined && kty === 'OKP' && crv === 'Ed25519' && (alg === undefined || alg === 'EdDSA'),
    );
    const keys = await Promise.all(usable.map(async (jwk) => [jwk.kid ?? '', await importKey(jwk)] as const));
    this.#keys = new Map(keys);
    // Should the owner ever hand out more than it means to, the private part stays here.
    this.#published = published.map(({ d: _private, ...jwk }) => jwk);
    this.#readAt = this.#now();
  }
}

async function importKey({ x = '' }: JWK): Promise<CryptoKey> {
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA'); // nothing else of what was published counts
  if (key instanceof Uint8Array) throw new Error('A symmetric key was published.');
  return key;
}
