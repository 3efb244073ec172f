import type { Database, Tx } from '@plaza/db/database';
import type { AuthorState } from '@plaza/visibility/can-see';

/** A person and the mailbox that is theirs. */
export interface MailboxRow {
  readonly userId: string;
  readonly handle: string;
  readonly state: AuthorState;
  readonly email: string;
  readonly verifiedAt: Date | null;
}

/** Somebody who may be written to. */
export interface RecipientRow {
  readonly userId: string;
  readonly email: string;
  readonly handle: string;
  readonly displayName: string;
  readonly locale: string | null;
  readonly timeZone: string | null;
}

/** Somebody else has the address. */
export class AddressTaken extends Error {}

const UNIQUE_VIOLATION = '23505';

export class MailboxStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async of(userId: string): Promise<MailboxRow | null> {
    const [row] = await this.#database.sql<MailboxRow>`
      SELECT id AS "userId", handle, state, email, email_verified_at AS "verifiedAt" FROM users WHERE id = ${userId}`;
    return row ?? null;
  }

  /** Locks the person's row until the transaction ends. */
  async lock(tx: Tx, userId: string): Promise<MailboxRow | null> {
    const [row] = await tx.sql<MailboxRow>`
      SELECT id AS "userId", handle, state, email, email_verified_at AS "verifiedAt" FROM users WHERE id = ${userId} FOR NO KEY UPDATE`;
    return row ?? null;
  }

  /** By folded handle or folded address. */
  async byIdentifier(tx: Tx, identifier: string): Promise<MailboxRow | null> {
    const [row] = await tx.sql<MailboxRow>`
      SELECT id AS "userId", handle, state, email, email_verified_at AS "verifiedAt"
      FROM users WHERE handle = ${identifier} OR email = ${identifier}`;
    return row ?? null;
  }

  async ownerOf(email: string): Promise<MailboxRow | null> {
    const [row] = await this.#database.sql<MailboxRow>`
      SELECT id AS "userId", handle, state, email, email_verified_at AS "verifiedAt" FROM users WHERE email = ${email}`;
    return row ?? null;
  }

  /** Notes that the person reads that mailbox, if it is theirs still. */
  async markVerified(tx: Tx, userId: string, email: string, at: Date): Promise<boolean> {
    const marked = await tx.sql`
      UPDATE users SET email_verified_at = coalesce(email_verified_at, ${at}) WHERE id = ${userId} AND email = ${email} RETURNING 1`;
    return marked.length > 0;
  }

  /** Gives the person that address, proved at that moment unless it was theirs and proved before. @throws AddressTaken: the transaction is lost */
  async change(tx: Tx, userId: string, email: string, at: Date): Promise<void> {
    try {
      await tx.sql`
        UPDATE users SET email = ${email}, email_verified_at = CASE WHEN email = ${email} THEN coalesce(email_verified_at, ${at}) ELSE ${at} END
        WHERE id = ${userId}`;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) throw new AddressTaken();
      throw error;
    }
  }

  /** Those of them who are active and have proved their address. */
  recipients(userIds: readonly string[]): Promise<readonly RecipientRow[]> {
    return this.#database.sql<RecipientRow>`
      SELECT u.id AS "userId", u.email, u.handle, u.display_name AS "displayName", p.locale, p.time_zone AS "timeZone"
      FROM users u LEFT JOIN preference p ON p.user_id = u.id
      WHERE u.id = ANY(${userIds}::uuid[]) AND u.state = 'ACTIVE' AND u.email_verified_at IS NOT NULL`;
  }
}
