import type { CallClient } from '@plaza/calls/call-client';
import { mailRecipients } from '@plaza/calls/contracts/accounts.calls';
import type { Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { render } from '@plaza/mail/letter';
import type { MailJob, MailQueue } from '@plaza/mail/mail-queue';
import type { Composed } from '@plaza/mail/mail-worker';
import { unsubscribeHeaders, type UnsubscribeTokens } from '@plaza/mail/unsubscribe';
import { digestLetter } from './digest.letter.js';
import type { DigestStore } from './digest.store.js';
import type { FirstTold, Messenger } from './notice.service.js';
import { digestMs } from './notification.policy.js';
import type { PreferenceStore } from './preference.store.js';
import { DIGEST_LIST } from './settings.service.js';

const MAIL_KIND = 'DIGEST';
/** What happens closer to its sending than this waits for the next one: the transaction that notes it must be over by then. */
const CLOSING_MS = 10_000;

export interface DigestParts {
  readonly digests: DigestStore;
  readonly preferences: PreferenceStore;
  readonly queue: MailQueue;
  readonly tokens: UnsubscribeTokens;
  readonly calls: CallClient;
  readonly clock: Clock;
  /** Where a mail's link leads that ends the digest; the token is put behind it. */
  readonly unsubscribeUrl: string;
}

/**
 * One mail for all that happens within an hour, a day or a week, in numbers. It is owed from the first thing that happens, counts what is still
 * unread when it is sent, and is not sent when nothing is.
 */
export class DigestService implements Messenger {
  readonly #parts: DigestParts;

  constructor(parts: DigestParts) {
    this.#parts = parts;
  }

  /** The recipients' notifications are locked. */
  async note(tx: Tx, told: readonly FirstTold[]): Promise<void> {
    const wanted = told.filter(({ given }) => given.email).map(({ cause }) => cause);
    for (const userId of new Set(wanted.map((cause) => cause.userId))) {
      const mailId = await this.#mailFor(tx, userId);
      const ids = wanted.filter((cause) => cause.userId === userId).map(({ notificationId }) => notificationId);
      if (mailId !== null) await this.#parts.digests.add(tx, mailId, ids);
    }
  }

  async compose({ id, userId }: MailJob): Promise<Composed | null> {
    const { digests, preferences, calls, tokens, unsubscribeUrl } = this.#parts;
    const [[setting], counts] = await Promise.all([preferences.settings([userId]), digests.counts(id)]);
    if (setting?.digest === 'OFF' || counts.length === 0) return null;
    const { recipients } = await calls.ask(mailRecipients, { userIds: [userId] }, { viewer: null, requestId: id });
    const [recipient] = recipients;
    if (recipient === undefined) return null;
    const unsubscribe = `${unsubscribeUrl}?token=${tokens.seal({ userId, list: DIGEST_LIST })}`;
    return {
      to: recipient.email,
      ...render(digestLetter(recipient.handle, counts, { unsubscribe })),
      headers: unsubscribeHeaders(unsubscribe),
    };
  }

  /** The mail that gathers, or one that begins to. Null: none is wanted. */
  async #mailFor(tx: Tx, userId: string): Promise<string | null> {
    const { digests, preferences, queue, clock } = this.#parts;
    const gathersMs = digestMs(await preferences.digestOf(tx, userId));
    if (gathersMs === null) return null;
    const now = clock.now().getTime();
    const gathering = await digests.gathering(tx, userId, MAIL_KIND, new Date(now + CLOSING_MS));
    return gathering ?? queue.add(tx, { userId, kind: MAIL_KIND, at: new Date(now + gathersMs) });
  }
}
