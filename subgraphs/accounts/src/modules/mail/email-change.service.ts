import type { Database, Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { foldEmail } from '../../identity/email.policy.js';
import type { Limits } from '../../limits/limits.js';
import type { LoginService } from '../session/login.service.js';
import { mayLogIn } from '../../identity/login.policy.js';
import type { SessionService } from '../session/session.service.js';
import type { MailTokenRow } from './mail-token.store.js';
import type { MailTokenService } from './mail-token.service.js';
import { AddressTaken, type MailboxStore } from './mailbox.store.js';

export type ChangeRequest =
  | { readonly kind: 'noted'; readonly email: string }
  | { readonly kind: 'wrongPassword' }
  | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };
export type Confirmation = { readonly kind: 'changed'; readonly email: string } | { readonly kind: 'invalidToken' };
export type Undoing =
  { readonly kind: 'undone'; readonly email: string; readonly sessionsEnded: number } | { readonly kind: 'invalidToken' };

export interface EmailChangeParts {
  readonly database: Database<unknown>;
  readonly mailboxes: MailboxStore;
  readonly tokens: MailTokenService;
  readonly login: LoginService;
  readonly sessions: SessionService;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** Another address for an account: the new mailbox confirms it, the old one can take it back. */
export class EmailChangeService {
  readonly #parts: EmailChangeParts;

  constructor(parts: EmailChangeParts) {
    this.#parts = parts;
  }

  /**
   * An address that somebody else has is answered like any other: its owner learns by mail. An old address that was never proved is told nothing: it
   * may be a stranger's.
   * @throws Fault RATE_LIMITED
   */
  async request(
    userId: string,
    input: { readonly newEmail: string; readonly password: string },
    address: string | null,
  ): Promise<ChangeRequest> {
    const { database, mailboxes, tokens, login, limits } = this.#parts;
    const email = foldEmail(input.newEmail);
    const errors = new FieldErrors();
    errors.that(email !== null, 'newEmail', 'This is no e-mail address.');
    errors.that(email === null || (await mailboxes.of(userId))?.email !== email, 'newEmail', 'This is your address already.');
    if (errors.any || email === null) return { kind: 'invalid', errors: errors.list };
    if (!(await login.knowsPassword(userId, input.password, address))) return { kind: 'wrongPassword' };
    await limits.mail({ address, name: userId });
    return database.transaction(async (tx): Promise<ChangeRequest> => {
      const mailbox = await mailboxes.lock(tx, userId);
      if (mailbox === null || !mayLogIn(mailbox.state)) return { kind: 'wrongPassword' };
      await tokens.revoke(tx, userId, ['CONFIRM_EMAIL']);
      await tokens.issue(tx, userId, 'CONFIRM_EMAIL', email);
      if (mailbox.verifiedAt !== null) await tokens.issue(tx, userId, 'UNDO_EMAIL', mailbox.email);
      return { kind: 'noted', email };
    });
  }

  async confirm(text: string): Promise<Confirmation> {
    const { tokens } = this.#parts;
    const token = await tokens.find(text, 'CONFIRM_EMAIL');
    if (token === null) return { kind: 'invalidToken' };
    const isDone = await this.#move(token, async (tx) => {
      // They speak of the address that was.
      await tokens.revoke(tx, token.userId, ['VERIFY_EMAIL', 'RESET_PASSWORD', 'CONFIRM_EMAIL']);
    });
    return isDone ? { kind: 'changed', email: token.email } : { kind: 'invalidToken' };
  }

  /** Whoever undoes a change did not ask for it: somebody else knows the password and may be signed in. */
  async undo(text: string): Promise<Undoing> {
    const { tokens, sessions } = this.#parts;
    const token = await tokens.find(text, 'UNDO_EMAIL');
    if (token === null) return { kind: 'invalidToken' };
    let sessionsEnded = 0;
    const isDone = await this.#move(token, async (tx) => {
      sessionsEnded = await sessions.endAll(tx, token.userId);
      await tokens.revoke(tx, token.userId, ['VERIFY_EMAIL', 'RESET_PASSWORD', 'CONFIRM_EMAIL', 'UNDO_EMAIL']);
      await tokens.issue(tx, token.userId, 'RESET_PASSWORD', token.email);
    });
    return isDone ? { kind: 'undone', email: token.email, sessionsEnded } : { kind: 'invalidToken' };
  }

  /** Uses a token up and gives its address to the person; false, and nothing happened, when one of the two cannot be. */
  async #move(token: MailTokenRow, then: (tx: Tx) => Promise<void>): Promise<boolean> {
    const { database, mailboxes, tokens, clock } = this.#parts;
    try {
      return await database.transaction(async (tx) => {
        const mailbox = await mailboxes.lock(tx, token.userId);
        if (mailbox === null || !mayLogIn(mailbox.state) || !(await tokens.use(tx, token))) return false;
        await mailboxes.change(tx, token.userId, token.email, clock.now());
        await then(tx);
        return true;
      });
    } catch (error) {
      if (error instanceof AddressTaken) return false;
      throw error;
    }
  }
}
