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

/** What is said anew each time of claims that stay the same object. */
type Told = Pick<Claims, 'deadline' | 'span'>;

/** Claims that are signed when it is known what they go with. */
export interface Saying {
  readonly by: Assertions;
  readonly claims: Claims;
  readonly told: Told;
}

interface Meant {
  readonly audience: string;
  readonly expiresAt: number;
  readonly body: string;
}

type Signed = Meant & Pick<Claims, 'issuer'>;

type Payload = Claims & Meant;

/** Of several requests: each who asks once, then for each request which of them it is, the deadline, and the span if there is one. */
interface PayloadTogether extends Signed {
  readonly claims: readonly Claims[];
  readonly told: readonly (readonly [number, number | null, string?])[];
}

const LIFETIME_MS = 30_000;
const BASE64 = 4 / 3;
/** What a request takes in an assertion of several beside its claims, in bytes: two numbers and a span. */
const TOLD_BYTES = 48;

/** JSON of claims: a request's are the same object for each of its fetches. */
const written = new WeakMap<Claims, { readonly text: string; readonly bytes: number }>();

function writtenOf(claims: Claims): { readonly text: string; readonly bytes: number } {
  let known = written.get(claims);
  if (known === undefined) {
    const text = JSON.stringify(claims);
    written.set(claims, (known = { text, bytes: Buffer.byteLength(text) }));
  }
  return known;
}

/** How much longer an assertion of several requests is for one more, in characters at most. `isKnown`: somebody in it has the same claims. */
export const lengthTogether = ({ claims }: Saying, isKnown: boolean): number =>
  Math.ceil((TOLD_BYTES + (isKnown ? 0 : writtenOf(claims).bytes + 1)) * BASE64);

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
  mint(claims: Claims, audience: string, body: string, told: Told = {}): string {
    const rest: Told & Meant = { ...told, ...meant(audience, body) };
    return this.#signed('assertion', claims.issuer, audience, `${writtenOf(claims).text.slice(0, -1)},${JSON.stringify(rest).slice(1)}`);
  }

  /**
   * One assertion for several requests that are sent together, in their order: `body` is all of them. Signed with a key of its own: it says nothing
   * where one request is meant, nor the other way round. @throws Error for sayings of different issuers
   */
  mintTogether(sayings: readonly Saying[], audience: string, body: Uint8Array): string {
    const issuer = sayings[0]?.claims.issuer ?? '';
    const places = new Map<Claims, number>();
    const told: PayloadTogether['told'] = sayings.map(({ claims, told: { deadline = null, span } }) => {
      if (claims.issuer !== issuer) throw new Error('One issuer signs for what is sent together.');
      let place = places.get(claims);
      if (place === undefined) places.set(claims, (place = places.size));
      return span === undefined ? [place, deadline] : [place, deadline, span];
    });
    const rest: Omit<PayloadTogether, 'claims'> = { issuer, told, ...meant(audience, body) };
    const claims = Array.from(places.keys(), (each) => writtenOf(each).text).join(',');
    return this.#signed('assertions', issuer, audience, `{"claims":[${claims}],${JSON.stringify(rest).slice(1)}`);
  }

  /** @throws Fault UNAUTHENTICATED unless `audience` was meant, nothing was changed and the time is not over. */
  verify(assertion: string, audience: string, body: string): Claims {
    return this.#verified('assertion', assertion, audience, body) as Payload; // what `mint` signed
  }

  /** What {@link mintTogether} signed: the claims of each request, in their order. @throws as {@link verify} */
  verifyTogether(assertion: string, audience: string, body: Uint8Array): readonly Claims[] {
    const { claims, told } = this.#verified('assertions', assertion, audience, body) as PayloadTogether; // what `mintTogether` signed
    return told.map(([place, deadline, span]) => {
      const own = claims[place];
      if (own === undefined) throw notForThis();
      return Object.assign({}, own, deadline === null ? {} : { deadline }, span === undefined ? {} : { span });
    });
  }

  #signed(purpose: Purpose, issuer: string, audience: string, json: string): string {
    const text = Buffer.from(json).toString('base64url');
    return `${text}.${macText(this.#key(purpose, issuer, audience), text)}`;
  }

  #verified(purpose: Purpose, assertion: string, audience: string, body: string | Uint8Array): Signed {
    const [text = '', signature = ''] = assertion.split('.');
    const payload = parse(text);
    const given = Buffer.from(signature, 'base64url');
    const expected = mac(this.#key(purpose, payload?.issuer ?? '', audience), text);
    const genuine = given.length === expected.length && timingSafeEqual(given, expected);
    if (
      !genuine ||
      payload === null ||
      payload.audience !== audience ||
      payload.expiresAt < Date.now() ||
      payload.body !== bodyHash(body)
    ) {
      throw notForThis();
    }
    return payload;
  }

  #key(purpose: Purpose, issuer: string, audience: string): Buffer {
    const pair = `${purpose} ${issuer}>${audience}`;
    let key = this.#keys.get(pair);
    if (key === undefined) {
      key = deriveKey(this.#secret, pair);
      // The issuer comes from the wire: only names that can exist are kept.
      if (this.#keys.size < 100) this.#keys.set(pair, key);
    }
    return key;
  }
}

/** Of one request, or of several together. */
type Purpose = 'assertion' | 'assertions';

const notForThis = (): Fault => new Fault('UNAUTHENTICATED', 'The assertion is missing, expired or not for this.');

function parse(text: string): Signed | null {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Signed; // trusted only after its MAC was checked
  } catch {
    return null;
  }
}

const meant = (audience: string, body: string | Uint8Array): Meant => ({
  audience,
  expiresAt: Date.now() + LIFETIME_MS,
  body: bodyHash(body),
});

const bodyHash = (body: string | Uint8Array): string => hash('sha256', body, 'base64url');
