import type { Database, Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import type { Limits } from '../../limits/limits.js';
import { mayLogIn } from '../../identity/login.policy.js';
import type { MailTokenService } from './mail-token.service.js';
import type { MailboxStore } from './mailbox.store.js';

export type Verification = { readonly kind: 'verified'; readonly email: string } | { readonly kind: 'invalidToken' };
export type Resending = { readonly kind: 'sent'; readonly email: string } | { readonly kind: 'alreadyVerified' | 'gone' };

export interface VerificationParts {
  readonly database: Database<unknown>;
  readonly mailboxes: MailboxStore;
  readonly tokens: MailTokenService;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** Proves that a person reads the mailbox that they named. */
export class VerificationService {
  readonly #parts: VerificationParts;

  constructor(parts: VerificationParts) {
    this.#parts = parts;
  }

  /** Asks a new person's mailbox, in the transaction that opens the account. */
  begin(tx: Tx, userId: string, email: string): Promise<void> {
    return this.#parts.tokens.issue(tx, userId, 'VERIFY_EMAIL', email);
  }

  /** @throws Fault RATE_LIMITED */
  async resend(userId: string, address: string | null): Promise<Resending> {
    const { database, mailboxes, tokens, limits } = this.#parts;
    await limits.mail({ address, name: userId });
    return database.transaction(async (tx): Promise<Resending> => {
      const mailbox = await mailboxes.lock(tx, userId);
      if (mailbox === null || !mayLogIn(mailbox.state)) return { kind: 'gone' };
      if (mailbox.verifiedAt !== null) return { kind: 'alreadyVerified' };
      await tokens.issue(tx, userId, 'VERIFY_EMAIL', mailbox.email);
      return { kind: 'sent', email: mailbox.email };
    });
  }

  /** Whoever holds the token reads the mailbox: no session is needed. */
  async verify(text: string): Promise<Verification> {
    const { database, mailboxes, tokens, clock } = this.#parts;
    const token = await tokens.find(text, 'VERIFY_EMAIL');
    if (token === null) return { kind: 'invalidToken' };
    return database.transaction(async (tx): Promise<Verification> => {
      const mailbox = await mailboxes.lock(tx, token.userId);
      const isGood = mailbox !== null && mayLogIn(mailbox.state) && mailbox.email === token.email && (await tokens.use(tx, token));
      if (!isGood) return { kind: 'invalidToken' };
      await mailboxes.markVerified(tx, token.userId, token.email, clock.now());
      await tokens.revoke(tx, token.userId, ['VERIFY_EMAIL']);
      return { kind: 'verified', email: token.email };
    });
  }
}
