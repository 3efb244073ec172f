import type { Database, Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import type { FieldError } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import type { MailQueue } from '@plaza/mail/mail-queue';
import type { Limits } from '../../limits/limits.js';
import type { PasswordHasher } from '../../passwords/password-hasher.js';
import { passwordFlaw } from '../../passwords/password.policy.js';
import type { CredentialStore } from '../session/credential.store.js';
import { foldIdentifier, mayLogIn } from '../../identity/login.policy.js';
import type { SessionService } from '../session/session.service.js';
import type { MailTokenService } from './mail-token.service.js';
import type { MailboxStore } from './mailbox.store.js';
import type { ResetRequestStore } from './reset-request.store.js';

/** Whoever asks gets as many mails an hour, by whatever name of theirs they are asked for. */
const MAX_AN_HOUR = 5;
const AT_ONCE = 20;

export type ResetRequest = { readonly kind: 'noted' } | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };
export type Reset =
  | { readonly kind: 'reset'; readonly sessionsEnded: number }
  | { readonly kind: 'invalidToken' }
  | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };

export interface PasswordResetParts {
  readonly database: Database<unknown>;
  readonly requests: ResetRequestStore;
  readonly mailboxes: MailboxStore;
  readonly tokens: MailTokenService;
  readonly queue: MailQueue;
  readonly credentials: CredentialStore;
  readonly sessions: SessionService;
  readonly hasher: PasswordHasher;
  readonly limits: Limits;
  readonly clock: Clock;
  /** There are requests to look at. */
  readonly wake: () => void;
}

/** A new password for who reads the account's mailbox. */
export class PasswordResetService {
  readonly #parts: PasswordResetParts;

  constructor(parts: PasswordResetParts) {
    this.#parts = parts;
  }

  /**
   * Notes what was typed and nothing else: whether it is anybody's is looked up after the answer (`resolve`), so no answer and no time tells.
   * @throws Fault RATE_LIMITED, counted by what was typed
   */
  async request(typed: string, address: string | null): Promise<ResetRequest> {
    const { requests, limits, clock, wake } = this.#parts;
    const identifier = foldIdentifier(typed);
    if (identifier === null) return { kind: 'invalid', errors: [{ path: 'identifier', message: 'Use a handle or an e-mail address.' }] };
    await limits.mail({ address, name: identifier });
    await requests.insert(newId(), identifier, clock.now());
    wake();
    return { kind: 'noted' };
  }

  /** Writes to those of whom was asked. @returns how many requests there were */
  async resolve(): Promise<number> {
    const { database, requests } = this.#parts;
    return database.transaction(async (tx) => {
      const found = await requests.take(tx, AT_ONCE);
      for (const { identifier } of found) await this.#write(tx, identifier);
      return found.length;
    });
  }

  async reset(text: string, newPassword: string): Promise<Reset> {
    const { database, mailboxes, tokens, hasher } = this.#parts;
    const token = await tokens.find(text, 'RESET_PASSWORD');
    if (token === null) return { kind: 'invalidToken' };
    const flaw = passwordFlaw(newPassword, [token.handle, token.email]);
    if (flaw !== null) return { kind: 'invalid', errors: [{ path: 'newPassword', message: flaw }] };
    const passwordHash = await hasher.hash(newPassword);
    return database.transaction(async (tx): Promise<Reset> => {
      const mailbox = await mailboxes.lock(tx, token.userId);
      const isGood = mailbox !== null && mayLogIn(mailbox.state) && mailbox.email === token.email && (await tokens.use(tx, token));
      return isGood ? this.#set(tx, token.userId, token.email, passwordHash) : { kind: 'invalidToken' };
    });
  }

  async #write(tx: Tx, identifier: string): Promise<void> {
    const { mailboxes, tokens } = this.#parts;
    const mailbox = await mailboxes.byIdentifier(tx, identifier);
    if (mailbox === null || !mayLogIn(mailbox.state)) return;
    if ((await tokens.issuedLastHour(tx, mailbox.userId, 'RESET_PASSWORD')) >= MAX_AN_HOUR) return;
    await tokens.issue(tx, mailbox.userId, 'RESET_PASSWORD', mailbox.email);
  }

  /** Nothing that was begun before with the old password goes on: sessions, other mails, a change of address. */
  async #set(tx: Tx, userId: string, email: string, passwordHash: string): Promise<Reset> {
    const { mailboxes, tokens, queue, credentials, sessions, clock } = this.#parts;
    const now = clock.now();
    await credentials.set(tx, userId, passwordHash, now);
    const sessionsEnded = await sessions.endAll(tx, userId);
    await tokens.revoke(tx, userId, ['RESET_PASSWORD', 'CONFIRM_EMAIL']);
    // Who could read the mail has proved the address as well.
    await mailboxes.markVerified(tx, userId, email, now);
    await queue.add(tx, { userId, kind: 'PASSWORD_CHANGED', at: now });
    return { kind: 'reset', sessionsEnded };
  }
}
