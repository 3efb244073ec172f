import type { Database, Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';

/** A mail that is owed: who is to be told what, by ids only. Its address and its words are looked up when it is sent. */
export interface MailJob {
  /** UUIDv7; its Message-ID begins with it. */
  readonly id: string;
  readonly userId: string;
  /** Of the subgraph's own closed list. */
  readonly kind: string;
  /** What it is about, where the kind does not say it all. */
  readonly subjectId: string | null;
  /** How often it was tried before, this time included. */
  readonly attempt: number;
  readonly createdAt: Date;
}

/**
 * The mails that a subgraph owes, in a table of its own (tables.prisma): a row beside the state that calls for it, in the same transaction.
 * The worker (mail-worker.ts) sends them.
 */
export class MailQueue {
  readonly #wake: () => void;

  /** `wake` tells the worker of this process that there is work. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** @returns the mail's id. `at`: not before this; usually now. */
  async add(
    tx: Tx,
    {
      userId,
      kind,
      subjectId = null,
      at,
    }: { readonly userId: string; readonly kind: string; readonly subjectId?: string | null; readonly at: Date },
  ): Promise<string> {
    const id = newId();
    await tx.sql`
      INSERT INTO outgoing_mail (id, user_id, kind, subject_id, due_at, created_at) VALUES (${id}, ${userId}, ${kind}, ${subjectId}, ${at}, ${at})`;
    tx.afterCommit(this.#wake);
    return id;
  }
}

/** How a mail ended: gone out, not wanted any more when its time came, or given up. */
export type MailEnd = 'SENT' | 'DROPPED' | 'GIVEN_UP';

/** Takes mails that are due, each for `leaseUntil` at most: then another may, and what its taker before says of it counts no more. */
export function takeDue(
  database: Database<unknown>,
  { now, leaseUntil, atMost }: { readonly now: Date; readonly leaseUntil: Date; readonly atMost: number },
): Promise<readonly MailJob[]> {
  return database.sql<MailJob>`
    UPDATE outgoing_mail SET due_at = ${leaseUntil}, attempts = attempts + 1 WHERE id IN (
      SELECT id FROM outgoing_mail WHERE ended_at IS NULL AND due_at <= ${now} ORDER BY due_at, id LIMIT ${atMost} FOR UPDATE SKIP LOCKED)
    RETURNING id, user_id AS "userId", kind, subject_id AS "subjectId", attempts AS attempt, created_at AS "createdAt"`;
}

/** A mail as it was taken: each taking has a higher number. */
type Taken = Pick<MailJob, 'id' | 'attempt'>;

/** False when it is another's by now, or had ended. */
export async function endMail(database: Database<unknown>, { id, attempt }: Taken, end: MailEnd, now: Date): Promise<boolean> {
  const ended = await database.sql`
    UPDATE outgoing_mail SET ended_at = ${now}, outcome = ${end} WHERE id = ${id} AND attempts = ${attempt} AND ended_at IS NULL RETURNING 1`;
  return ended.length > 0;
}

/** Nothing when it is another's by now, or had ended. */
export async function tryMailAgain(database: Database<unknown>, { id, attempt }: Taken, at: Date): Promise<void> {
  await database.sql`UPDATE outgoing_mail SET due_at = ${at} WHERE id = ${id} AND attempts = ${attempt} AND ended_at IS NULL`;
}

export async function forgetEnded(database: Database<unknown>, before: Date): Promise<void> {
  await database.sql`DELETE FROM outgoing_mail WHERE ended_at < ${before}`;
}
