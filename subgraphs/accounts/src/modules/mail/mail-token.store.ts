import type { Database, Tx } from '@plaza/db/database';
import type { AuthorState } from '@plaza/visibility/can-see';
import type { MailPurpose, MailTokenSecrets } from '../../tokens/mail-tokens.js';

export interface NewMailToken extends MailTokenSecrets {
  readonly id: string;
  readonly userId: string;
  readonly purpose: MailPurpose;
  /** The mailbox that it goes to. */
  readonly email: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A token that is open, and whose it is. */
export interface MailTokenRow {
  readonly id: string;
  readonly userId: string;
  readonly purpose: MailPurpose;
  readonly email: string;
  readonly seed: Buffer;
  readonly expiresAt: Date;
  readonly handle: string;
  readonly state: AuthorState;
  /** The person's address now. */
  readonly currentEmail: string;
}

export class MailTokenStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async insert(tx: Tx, { id, userId, purpose, email, seed, hash, createdAt, expiresAt }: NewMailToken): Promise<void> {
    await tx.sql`
      INSERT INTO mail_token (id, user_id, purpose, email, seed, token_hash, created_at, expires_at)
      VALUES (${id}, ${userId}, ${purpose}, ${email}, ${seed}, ${hash}, ${createdAt}, ${expiresAt})`;
  }

  /** Null when it was used or made void, or its time is over. */
  async byId(id: string, now: Date): Promise<MailTokenRow | null> {
    const [row] = await this.#database.sql<MailTokenRow>`
      SELECT t.id, t.user_id AS "userId", t.purpose, t.email, t.seed, t.expires_at AS "expiresAt", u.handle, u.state, u.email AS "currentEmail"
      FROM mail_token t JOIN users u ON u.id = t.user_id WHERE t.id = ${id} AND t.closed_at IS NULL AND t.expires_at > ${now}`;
    return row ?? null;
  }

  /** As `byId`. */
  async byHash(hash: Buffer, purpose: MailPurpose, now: Date): Promise<MailTokenRow | null> {
    const [row] = await this.#database.sql<MailTokenRow>`
      SELECT t.id, t.user_id AS "userId", t.purpose, t.email, t.seed, t.expires_at AS "expiresAt", u.handle, u.state, u.email AS "currentEmail"
      FROM mail_token t JOIN users u ON u.id = t.user_id
      WHERE t.token_hash = ${hash} AND t.purpose = ${purpose} AND t.closed_at IS NULL AND t.expires_at > ${now}`;
    return row ?? null;
  }

  /** Uses it up: true for one of all who try. The person's row must be locked. */
  async close(tx: Tx, id: string, now: Date): Promise<boolean> {
    const closed = await tx.sql`
      UPDATE mail_token SET closed_at = ${now} WHERE id = ${id} AND closed_at IS NULL AND expires_at > ${now} RETURNING 1`;
    return closed.length > 0;
  }

  /** Makes the person's open tokens of these purposes void. */
  async closeAll(tx: Tx, userId: string, purposes: readonly MailPurpose[], now: Date): Promise<void> {
    await tx.sql`
      UPDATE mail_token SET closed_at = ${now} WHERE user_id = ${userId} AND purpose = ANY(${purposes}::text[]) AND closed_at IS NULL`;
  }

  /** How many the person was given since then. */
  async countSince(tx: Tx, userId: string, purpose: MailPurpose, since: Date): Promise<number> {
    const [row] = await tx.sql<{ count: number }>`
      SELECT count(*) AS count FROM mail_token WHERE user_id = ${userId} AND purpose = ${purpose} AND created_at > ${since}`;
    return row?.count ?? 0;
  }

  async deleteOver(before: Date): Promise<void> {
    await this.#database.sql`DELETE FROM mail_token WHERE expires_at < ${before}`;
  }
}
