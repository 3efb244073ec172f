import type { Database, Tx } from '@plaza/db/database';
import type { AuthorState } from '@plaza/visibility/can-see';

/** What a login is checked against. */
export interface Credential {
  readonly userId: string;
  readonly state: AuthorState;
  readonly passwordHash: string;
  /** When the password became this one; a hash that is only made anew does not move it. */
  readonly changedAt: Date;
  /** Whether the person is signed in at the asking address. */
  readonly isKnownPlace: boolean;
}

export class CredentialStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** By folded handle or folded e-mail address: the two never look alike. */
  async byName(name: string, addressHash: string | null, now: Date): Promise<Credential | null> {
    const [row] = await this.#database.sql<Credential>`
      SELECT u.id AS "userId", u.state, c.password_hash AS "passwordHash", c.changed_at AS "changedAt", EXISTS (
        SELECT 1 FROM session s WHERE s.user_id = u.id AND s.address_hash = ${addressHash} AND s.ended_at IS NULL AND s.expires_at > ${now}
      ) AS "isKnownPlace"
      FROM users u JOIN credential c ON c.user_id = u.id WHERE u.handle = ${name} OR u.email = ${name}`;
    return row ?? null;
  }

  /** Null for somebody who has none. */
  async hashOf(userId: string): Promise<string | null> {
    const [row] = await this.#database.sql<{ passwordHash: string }>`
      SELECT password_hash AS "passwordHash" FROM credential WHERE user_id = ${userId}`;
    return row?.passwordHash ?? null;
  }

  /** Whether the password is still the one of that moment. The person's row must be locked. */
  async isUnchanged(tx: Tx, userId: string, since: Date): Promise<boolean> {
    const same = await tx.sql`SELECT 1 FROM credential WHERE user_id = ${userId} AND changed_at = ${since}`;
    return same.length > 0;
  }

  /** Another password. */
  async set(tx: Tx, userId: string, passwordHash: string, now: Date): Promise<void> {
    await tx.sql`UPDATE credential SET password_hash = ${passwordHash}, changed_at = ${now} WHERE user_id = ${userId}`;
  }

  async insert(tx: Tx, userId: string, passwordHash: string, now: Date): Promise<void> {
    await tx.sql`INSERT INTO credential (user_id, password_hash, changed_at) VALUES (${userId}, ${passwordHash}, ${now})`;
  }

  /** Unless it was changed meanwhile. */
  async replace(userId: string, from: string, to: string): Promise<void> {
    await this.#database.sql`UPDATE credential SET password_hash = ${to} WHERE user_id = ${userId} AND password_hash = ${from}`;
  }
}
