import type { Clock } from '@plaza/kernel/clock';
import { render } from '@plaza/mail/letter';
import type { MailJob } from '@plaza/mail/mail-queue';
import type { Composed } from '@plaza/mail/mail-worker';
import { mayLogIn } from '../../identity/login.policy.js';
import type { MailPurpose, MailTokens } from '../../tokens/mail-tokens.js';
import { addressInUse, passwordChanged, TOKEN_LETTERS } from './letters.policy.js';
import { mailKindOf, PAGES } from './mail.policy.js';
import type { MailTokenRow, MailTokenStore } from './mail-token.store.js';
import type { MailboxStore } from './mailbox.store.js';

export interface LetterParts {
  readonly store: MailTokenStore;
  readonly mailboxes: MailboxStore;
  readonly tokens: MailTokens;
  readonly clock: Clock;
  /** Where the pages of links are, without a slash at the end. */
  readonly pagesUrl: string;
}

/** Says what accounts' mails say, when they are sent. */
export class LetterService {
  readonly #parts: LetterParts;

  constructor(parts: LetterParts) {
    this.#parts = parts;
  }

  /** Null for what nobody needs any more: the token was used or its time is over, the person is locked out. */
  async compose(job: MailJob): Promise<Composed | null> {
    const kind = mailKindOf(job.kind);
    if (kind === null) throw new Error(`there is no letter ${job.kind}`);
    if (kind === 'PASSWORD_CHANGED') return this.#passwordChanged(job.userId);
    const token = job.subjectId === null ? null : await this.#parts.store.byId(job.subjectId, this.#parts.clock.now());
    if (token === null || !mayLogIn(token.state)) return null;
    return kind === 'CONFIRM_EMAIL' ? this.#confirmation(token) : this.#letter(kind, token);
  }

  #letter(purpose: MailPurpose, { handle, email, seed }: MailTokenRow): Composed {
    const token = this.#parts.tokens.text(purpose, seed);
    const url = `${this.#parts.pagesUrl}/${PAGES[purpose]}?token=${token}`;
    return { to: email, ...render(TOKEN_LETTERS[purpose]({ handle, url, token })) };
  }

  /** Whether an address is somebody's is looked up here and not while the asker waits: only its owner learns. */
  async #confirmation(token: MailTokenRow): Promise<Composed> {
    const owner = await this.#parts.mailboxes.ownerOf(token.email);
    if (owner === null || owner.userId === token.userId) return this.#letter('CONFIRM_EMAIL', token);
    return { to: token.email, ...render(addressInUse(owner.handle)) };
  }

  async #passwordChanged(userId: string): Promise<Composed | null> {
    const mailbox = await this.#parts.mailboxes.of(userId);
    if (mailbox === null || !mayLogIn(mailbox.state)) return null;
    return { to: mailbox.email, ...render(passwordChanged(mailbox.handle)) };
  }
}
