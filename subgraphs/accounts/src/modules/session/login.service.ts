import type { Database, Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { Fault } from '@plaza/kernel/fault';
import type { Limits } from '../../limits/limits.js';
import type { PasswordHasher } from '../../passwords/password-hasher.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/password.policy.js';
import type { UserStore } from '../user/user.store.js';
import type { Credential, CredentialStore } from './credential.store.js';
import { foldIdentifier, mayLogIn } from '../../identity/login.policy.js';
import type { Origin, SessionService, SessionTokens } from './session.service.js';

/** Somebody who is in. */
export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokens: SessionTokens;
}

export type Login = ({ readonly kind: 'in' } & SignedIn) | { readonly kind: 'refused' };

export interface Credentials {
  /** A handle or an e-mail address. */
  readonly identifier: string;
  readonly password: string;
}

export interface LoginParts {
  readonly database: Database<unknown>;
  readonly credentials: CredentialStore;
  readonly users: UserStore;
  readonly sessions: SessionService;
  readonly hasher: PasswordHasher;
  readonly limits: Limits;
  readonly clock: Clock;
}

export class LoginService {
  readonly #parts: LoginParts;

  constructor(parts: LoginParts) {
    this.#parts = parts;
  }

  /** An unknown name, a wrong password and a locked account take the same way and the same time. @throws Fault RATE_LIMITED */
  async login(input: Credentials, origin: Origin): Promise<Login> {
    const { sessions } = this.#parts;
    const admitted = await this.admit(input, origin, (tx, userId) => sessions.open(tx, userId, origin));
    if (admitted === null) return { kind: 'refused' };
    const { userId, opened } = admitted;
    return { kind: 'in', userId, sessionId: opened.sessionId, tokens: await sessions.tokens(userId, opened) };
  }

  /**
   * Whoever proves to be themselves gets what `open` opens for them, in the transaction that has looked at them once more; null for everybody else,
   * by the same way and in the same time. @throws Fault RATE_LIMITED
   */
  async admit<T>(
    input: Credentials,
    origin: Origin,
    open: (tx: Tx, userId: string) => Promise<T>,
  ): Promise<{ readonly userId: string; readonly opened: T } | null> {
    const { credentials, sessions, hasher, limits, clock } = this.#parts;
    const name = foldIdentifier(input.identifier);
    const credential = name === null ? null : await credentials.byName(name, sessions.addressHash(origin.address), clock.now());
    await limits.login({ address: origin.address, name: name ?? input.identifier, isKnownPlace: credential?.isKnownPlace ?? false });
    const stored = credential !== null && mayLogIn(credential.state) ? credential.passwordHash : null;
    const isPossible = input.password.length <= MAX_PASSWORD_INPUT;
    const matches = await hasher.verify(isPossible ? stored : null, isPossible ? input.password : '');
    if (!matches || credential === null) return null;
    const admitted = await this.#letIn(credential, open);
    if (admitted !== null) await this.#renew(credential, input.password);
    return admitted;
  }

  /** Whether the person proves once more to be themselves; counted like a login. @throws Fault RATE_LIMITED */
  async knowsPassword(userId: string, password: string, address: string | null): Promise<boolean> {
    const { credentials, hasher, limits } = this.#parts;
    await limits.login({ address, name: userId, isKnownPlace: true });
    const isPossible = password.length <= MAX_PASSWORD_INPUT;
    return hasher.verify(isPossible ? await credentials.hashOf(userId) : null, isPossible ? password : '');
  }

  async #letIn<T>({ userId, changedAt }: Credential, open: (tx: Tx, userId: string) => Promise<T>) {
    const { database, users, credentials } = this.#parts;
    return database.transaction(async (tx) => {
      // Looked at again under the lock: a suspension or a new password may have come while this one was checked.
      const person = await users.lock(tx, userId);
      const isGood = person !== null && mayLogIn(person.state) && (await credentials.isUnchanged(tx, userId, changedAt));
      return isGood ? { userId, opened: await open(tx, userId) } : null;
    });
  }

  /** A hash of another algorithm or of yesterday's cost is made anew while the password is at hand. */
  async #renew({ userId, passwordHash }: Credential, password: string): Promise<void> {
    const { hasher, credentials } = this.#parts;
    if (!hasher.isOutdated(passwordHash)) return;
    try {
      await credentials.replace(userId, passwordHash, await hasher.hash(password));
    } catch (error) {
      // Too busy for it: the next login will do.
      if (!(error instanceof Fault)) throw error;
    }
  }
}
