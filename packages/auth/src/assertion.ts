import { hash, timingSafeEqual } from 'node:crypto';
import { Fault } from '@plaza/kernel/fault';
import { deriveKey, mac, macText } from './keys.js';

/** The person behind a request, as the gateway saw them. */
export interface ViewerClaims {
  /** The user's UUID. */
  readonly id: string;
  readonly sessionId: string;
  /** The relation epoch read at the start of the request: caches of relations are keyed by it. */
  readonly epoch: number;
  readonly scopes: readonly string[];
}

/** What a signed assertion says. */
export interface Claims {
  /** Null for a guest and for work that nobody asked for. */
  readonly viewer: ViewerClaims | null;
  /** Who signed: `gateway` or a subgraph's name. */
  readonly issuer: string;
  readonly requestId: string;
  /** The client's network address; null for inner work. */
  readonly address: string | null;
  readonly userAgent: string | null;
  /** When nobody waits for the answer any more, in milliseconds since 1970; without it nobody said. */
  readonly deadline?: number;
  /** Id of the trace's span that asks; without it nobody traces. */
  readonly span?: string;
}

interface Payload extends Claims {
  readonly audience: string;
  readonly expiresAt: number;
  readonly body: string;
}

const LIFETIME_MS = 30_000;

/** JSON of claims without its closing brace: a request's are the same object for each of its fetches. */
const begun = new WeakMap<Claims, string>();

function beginningOf(claims: Claims): string {
  let text = begun.get(claims);
  if (text === undefined) begun.set(claims, (text = JSON.stringify(claims).slice(0, -1)));
  return text;
}

/**
 * Signs and checks who asks whom for what. An assertion is `base64url(JSON) . base64url(HMAC-SHA-256)` under a key derived for the pair
 * (issuer, audience), lives 30 s, and names the SHA-256 of the body that it comes with. HMAC and not a public-key signature, because
 * one is minted and checked for every fetch of every request: 10 µs against 200 (docs/adr/0003).
 */
export class Assertions {
  readonly #secret: Uint8Array;
  readonly #keys = new Map<string, Buffer>();

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /**
   * An assertion from `claims.issuer` to `audience` for exactly this body. `claims` is written once and not read again: who says more each time
   * (`told`) leaves the rest the same object.
   */
  mint(claims: Claims, audience: string, body: string, told: Pick<Claims, 'deadline' | 'span'> = {}): string {
    const rest: Omit<Payload, keyof Claims> & typeof told = {
      audience,
      expiresAt: Date.now() + LIFETIME_MS,
      body: bodyHash(body),
      ...told,
    };
    const text = Buffer.from(`${beginningOf(claims)},${JSON.stringify(rest).slice(1)}`).toString('base64url');
    return `${text}.${macText(this.#key(claims.issuer, audience), text)}`;
  }

  /** @throws Fault UNAUTHENTICATED unless `audience` was meant, nothing was changed and the time is not over. */
  verify(assertion: string, audience: string, body: string): Claims {
    const [text = '', signature = ''] = assertion.split('.');
    const payload = parse(text);
    const given = Buffer.from(signature, 'base64url');
    const expected = mac(this.#key(payload?.issuer ?? '', audience), text);
    const genuine = given.length === expected.length && timingSafeEqual(given, expected);
    if (
      !genuine ||
      payload === null ||
      payload.audience !== audience ||
      payload.expiresAt < Date.now() ||
      payload.body !== bodyHash(body)
    ) {
      throw new Fault('UNAUTHENTICATED', 'The assertion is missing, expired or not for this.');
    }
    return payload;
  }

  #key(issuer: string, audience: string): Buffer {
    const pair = `assertion ${issuer}>${audience}`;
    let key = this.#keys.get(pair);
    if (key === undefined) {
      key = deriveKey(this.#secret, pair);
      // The issuer comes from the wire: only names that can exist are kept.
      if (this.#keys.size < 100) this.#keys.set(pair, key);
    }
    return key;
  }
}

function parse(text: string): Payload | null {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Payload; // trusted only after its MAC was checked
  } catch {
    return null;
  }
}

const bodyHash = (body: string): string => hash('sha256', body, 'base64url');
