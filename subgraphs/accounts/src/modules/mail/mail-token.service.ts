import type { Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import type { MailQueue } from '@plaza/mail/mail-queue';
import type { MailPurpose, MailTokens } from '../../tokens/mail-tokens.js';
import { LIFE_MS } from './mail.policy.js';
import type { MailTokenRow, MailTokenStore } from './mail-token.store.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface MailTokenParts {
  readonly store: MailTokenStore;
  readonly tokens: MailTokens;
  readonly queue: MailQueue;
  readonly clock: Clock;
}

/** Gives tokens out by mail and takes them back, each once. */
export class MailTokenService {
  readonly #parts: MailTokenParts;

  constructor(parts: MailTokenParts) {
    this.#parts = parts;
  }

  /** Writes a token to that mailbox, in the transaction of what calls for it. */
  async issue(tx: Tx, userId: string, purpose: MailPurpose, email: string): Promise<void> {
    const { store, tokens, queue, clock } = this.#parts;
    const now = clock.now();
    const id = newId();
    const expiresAt = new Date(now.getTime() + LIFE_MS[purpose]);
    await store.insert(tx, { id, userId, purpose, email, ...tokens.make(purpose), createdAt: now, expiresAt });
    await queue.add(tx, { userId, kind: purpose, subjectId: id, at: now });
  }

  /** A genuine token of that purpose that is good now; it is not used up by looking. */
  async find(text: string, purpose: MailPurpose): Promise<MailTokenRow | null> {
    const { store, tokens, clock } = this.#parts;
    const hash = tokens.hash(text);
    return hash === null ? null : store.byHash(hash, purpose, clock.now());
  }

  /** Uses it up: true for one of all who try. The person's row must be locked. */
  use(tx: Tx, token: MailTokenRow): Promise<boolean> {
    return this.#parts.store.close(tx, token.id, this.#parts.clock.now());
  }

  revoke(tx: Tx, userId: string, purposes: readonly MailPurpose[]): Promise<void> {
    return this.#parts.store.closeAll(tx, userId, purposes, this.#parts.clock.now());
  }

  issuedLastHour(tx: Tx, userId: string, purpose: MailPurpose): Promise<number> {
    return this.#parts.store.countSince(tx, userId, purpose, new Date(this.#parts.clock.now().getTime() - HOUR_MS));
  }

  /** Forgets tokens whose time was over a day ago. */
  sweep(): Promise<void> {
    return this.#parts.store.deleteOver(new Date(this.#parts.clock.now().getTime() - DAY_MS));
  }
}
