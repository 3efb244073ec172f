import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose';

export const ISSUER = 'plaza';
export const AUDIENCE = 'plaza';
/** Plaza's own clients may do all that the person may. */
const FIRST_PARTY = { clientId: 'plaza', scope: 'full' };
/** Beyond what a person may do: looking into the machine. */
const OPERATOR = 'plaza:operator';

export interface AccessToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** For whom a token is. */
export interface Bearer {
  readonly userId: string;
  readonly sessionId: string;
  readonly isOperator: boolean;
}

/** Signs access tokens: JWTs by RFC 9068 under EdDSA, with the person, the session and what they may do. */
export class AccessTokens {
  readonly #kid: string;
  readonly #key: CryptoKey;
  readonly #seconds: number;
  /** The JWK set for those who check tokens: the public halves of all keys, old ones too. */
  readonly publicKeys: readonly JWK[];

  private constructor(kid: string, key: CryptoKey, seconds: number, publicKeys: readonly JWK[]) {
    this.#kid = kid;
    this.#key = key;
    this.#seconds = seconds;
    this.publicKeys = publicKeys;
  }

  /** The first of the keys signs. */
  static async open(keys: readonly JWK[], seconds: number): Promise<AccessTokens> {
    const [newest] = keys;
    if (newest?.kid === undefined) throw new Error('a signing key with a kid is needed');
    const key = await importJWK(newest, 'EdDSA');
    if (key instanceof Uint8Array) throw new Error('the signing key is not a key pair');
    return new AccessTokens(newest.kid, key, seconds, keys.map(publicHalf));
  }

  async mint({ userId, sessionId, isOperator }: Bearer, now: Date): Promise<AccessToken> {
    const issuedAt = Math.floor(now.getTime() / 1_000);
    const expiresAt = issuedAt + this.#seconds;
    const scope = isOperator ? `${FIRST_PARTY.scope} ${OPERATOR}` : FIRST_PARTY.scope;
    const token = await new SignJWT({ sid: sessionId, scope, client_id: FIRST_PARTY.clientId })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: this.#kid })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.#key);
    return { token, expiresAt: new Date(expiresAt * 1_000) };
  }
}

function publicHalf({ kid, x }: JWK): JWK {
  if (kid === undefined || x === undefined) throw new Error('a signing key lacks its kid or its public half');
  return { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x };
}
