import type { Database, Tx } from '@plaza/db/database';
import type { AuthorState } from '@plaza/visibility/can-see';

/** What a login is checked against. */
export interface Credential {
  readonly userId: string;
  readonly state: AuthorState;
  readonly passwordHash: string;
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
      SELECT u.id AS "userId", u.state, c.password_hash AS "passwordHash", EXISTS (
        SELECT 1 FROM session s WHERE s.user_id = u.id AND s.address_hash = ${addressHash} AND s.ended_at IS NULL AND s.expires_at > ${now}
      ) AS "isKnownPlace"
      FROM users u JOIN credential c ON c.user_id = u.id WHERE u.handle = ${name} OR u.email = ${name}`;
    return row ?? null;
  }

  async insert(tx: Tx, userId: string, passwordHash: string, now: Date): Promise<void> {
    await tx.sql`INSERT INTO credential (user_id, password_hash, changed_at) VALUES (${userId}, ${passwordHash}, ${now})`;
  }

  /** Unless it was changed meanwhile. */
  async replace(userId: string, from: string, to: string): Promise<void> {
    await this.#database.sql`UPDATE credential SET password_hash = ${to} WHERE user_id = ${userId} AND password_hash = ${from}`;
  }
}
