import type { Database } from '@plaza/db/database';
import { userRegistered } from '@plaza/events/contracts/accounts.events';
import type { Outbox } from '@plaza/events/outbox';
import type { Clock } from '@plaza/kernel/clock';
import type { FieldError } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import type { Limits } from '../../limits/limits.js';
import type { PasswordHasher } from '../../passwords/password-hasher.js';
import type { VerificationService } from '../mail/verification.service.js';
import type { Taken, UserStore } from '../user/user.store.js';
import type { CredentialStore } from './credential.store.js';
import type { SignedIn } from './login.service.js';
import { cleanRegistration, type RegistrationInput } from './registration.policy.js';
import type { Origin, SessionService } from './session.service.js';

export type Registration =
  | ({ readonly kind: 'registered' } & SignedIn)
  | { readonly kind: 'taken'; readonly handle: string }
  | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };

export interface RegistrationParts {
  readonly database: Database<unknown>;
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly credentials: CredentialStore;
  readonly sessions: SessionService;
  readonly verification: VerificationService;
  readonly hasher: PasswordHasher;
  readonly limits: Limits;
  readonly clock: Clock;
}

export class RegistrationService {
  readonly #parts: RegistrationParts;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
  }

  /**
   * A refused registration leaves no row. That an e-mail address is taken is said openly, as the peers do: whoever registers is
   * signed in at once, so only a lie could hide it; the limit by address keeps anybody from asking for many (docs/adr/0022).
   * @throws Fault RATE_LIMITED
   */
  async register(given: RegistrationInput, origin: Origin): Promise<Registration> {
    const { database, users, hasher, limits, sessions } = this.#parts;
    const clean = cleanRegistration(given);
    if (clean.kind === 'invalid') return clean;
    const { input } = clean;
    await limits.register(origin.address);
    // Before the costly hash; the unique indexes decide.
    const taken = await users.taken(input.handle, input.email);
    if (taken !== null) return refusal(taken, input.handle);
    const passwordHash = await hasher.hash(input.password);
    const outcome = await database.transaction((tx) => this.#write(tx, input, passwordHash, origin));
    if (outcome.kind === 'taken') return refusal(outcome.what, input.handle);
    const { userId, token } = outcome;
    return { kind: 'registered', userId, sessionId: token.sessionId, tokens: await sessions.tokens(userId, token) };
  }

  async #write(tx: Parameters<UserStore['insert']>[0], input: RegistrationInput, passwordHash: string, origin: Origin) {
    const { outbox, users, credentials, sessions, verification, clock } = this.#parts;
    const createdAt = clock.now();
    const userId = newId();
    const taken = await users.insert(tx, {
      id: userId,
      handle: input.handle,
      email: input.email,
      displayName: input.displayName,
      createdAt,
    });
    if (taken !== null) return { kind: 'taken', what: taken } as const;
    await credentials.insert(tx, userId, passwordHash, createdAt);
    await outbox.append(tx, userRegistered, { userId });
    await verification.begin(tx, userId, input.email);
    return { kind: 'written', userId, token: await sessions.open(tx, userId, origin) } as const;
  }
}

const refusal = (taken: Taken, handle: string): Registration =>
  taken === 'handle'
    ? { kind: 'taken', handle }
    : { kind: 'invalid', errors: [{ path: 'email', message: 'There is an account with this address already.' }] };
