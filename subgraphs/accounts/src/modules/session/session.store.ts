import type { Database, Tx } from '@plaza/db/database';
import type { AuthorState } from '@plaza/visibility/can-see';

/** A session as its owner sees it. */
export interface SessionRow {
  readonly id: string;
  readonly device: string | null;
  readonly addressHash: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly isApp: boolean;
}

export interface NewSession extends Omit<SessionRow, 'isApp'> {
  readonly userId: string;
  readonly expiresAt: Date;
  /** Null for an app's: its tokens are kept elsewhere. */
  readonly tokenHash: Buffer | null;
  readonly appId: string | null;
}

/** A session's family of refresh tokens, locked. */
export interface TokenFamily {
  readonly userId: string;
  readonly userState: AuthorState;
  /** SHA-256 of the last tokens, the present one first. */
  readonly tokenHashes: readonly Buffer[];
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

export class SessionStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async insert(tx: Tx, session: NewSession): Promise<void> {
    const { id, userId, device, appId, addressHash, createdAt, lastSeenAt, expiresAt, tokenHash } = session;
    await tx.sql`
      INSERT INTO session (id, user_id, device, app_id, address_hash, token_hashes, created_at, last_seen_at, expires_at)
      VALUES (${id}, ${userId}, ${device}, ${appId}::uuid, ${addressHash}, array_remove(ARRAY[${tokenHash}::bytea], NULL), ${createdAt}, ${lastSeenAt}, ${expiresAt})`;
  }

  /** A person's live sessions, the newest first. */
  live(userId: string, now: Date, atMost: number): Promise<readonly SessionRow[]> {
    return this.#database.sql<SessionRow>`
      SELECT id, device, address_hash AS "addressHash", created_at AS "createdAt", last_seen_at AS "lastSeenAt", app_id IS NOT NULL AS "isApp"
      FROM session WHERE user_id = ${userId} AND ended_at IS NULL AND expires_at > ${now} ORDER BY created_at DESC, id DESC LIMIT ${atMost}`;
  }

  async lockFamily(tx: Tx, id: string): Promise<TokenFamily | null> {
    const [row] = await tx.sql<TokenFamily>`
      SELECT s.user_id AS "userId", u.state AS "userState", s.token_hashes AS "tokenHashes", s.expires_at AS "expiresAt", s.ended_at AS "endedAt"
      FROM session s JOIN users u ON u.id = s.user_id WHERE s.id = ${id} FOR UPDATE OF s`;
    return row ?? null;
  }

  async rotate(
    tx: Tx,
    id: string,
    next: { readonly tokenHashes: readonly Buffer[]; readonly seenAt: Date; readonly expiresAt: Date },
  ): Promise<void> {
    await tx.sql`
      UPDATE session SET token_hashes = ${next.tokenHashes}::bytea[], last_seen_at = ${next.seenAt}, expires_at = ${next.expiresAt} WHERE id = ${id}`;
  }

  /** Ends those of the sessions that are the person's and live; answers which these were. */
  async end(tx: Tx, userId: string, ids: readonly string[], now: Date): Promise<readonly string[]> {
    const ended = await tx.sql<{ id: string }>`
      UPDATE session SET ended_at = ${now} WHERE user_id = ${userId} AND id = ANY(${ids}::uuid[]) AND ended_at IS NULL AND expires_at > ${now} RETURNING id`;
    return ended.map(({ id }) => id);
  }

  async endAll(tx: Tx, userId: string, now: Date): Promise<readonly string[]> {
    const ended = await tx.sql<{ id: string }>`
      UPDATE session SET ended_at = ${now} WHERE user_id = ${userId} AND ended_at IS NULL AND expires_at > ${now} RETURNING id`;
    return ended.map(({ id }) => id);
  }

  /** Ends the least used of the person's own, or of apps', above `keep`; `newest` is never among them. */
  async endLeastUsed(
    tx: Tx,
    userId: string,
    { newest, isApp, keep }: { readonly newest: string; readonly isApp: boolean; readonly keep: number },
    now: Date,
  ): Promise<readonly string[]> {
    const ended = await tx.sql<{ id: string }>`
      UPDATE session SET ended_at = ${now} WHERE id IN (
        SELECT id FROM session
        WHERE user_id = ${userId} AND id <> ${newest} AND (app_id IS NOT NULL) = ${isApp} AND ended_at IS NULL AND expires_at > ${now}
        ORDER BY last_seen_at DESC, id DESC OFFSET ${keep - 1})
      RETURNING id`;
    return ended.map(({ id }) => id);
  }

  async isLive(id: string, now: Date): Promise<boolean> {
    const found = await this.#database.sql<{
      id: string;
    }>`SELECT id FROM session WHERE id = ${id} AND ended_at IS NULL AND expires_at > ${now}`;
    return found.length > 0;
  }

  async extend(id: string, expiresAt: Date): Promise<void> {
    await this.#database.sql`UPDATE session SET expires_at = ${expiresAt} WHERE id = ${id} AND ended_at IS NULL`;
  }

  async ownerOf(id: string): Promise<string | null> {
    const [row] = await this.#database.sql<{
      userId: string;
    }>`SELECT user_id AS "userId" FROM session WHERE id = ${id} AND app_id IS NOT NULL`;
    return row?.userId ?? null;
  }

  /** Live sessions that people granted an app. */
  ofApp(appId: string, now: Date, atMost: number): Promise<readonly { readonly id: string; readonly userId: string }[]> {
    return this.#database.sql<{ id: string; userId: string }>`
      SELECT id, user_id AS "userId" FROM session WHERE app_id = ${appId} AND ended_at IS NULL AND expires_at > ${now} ORDER BY id LIMIT ${atMost}`;
  }

  async endedSince(since: Date): Promise<readonly string[]> {
    const ended = await this.#database.sql<{ id: string }>`SELECT id FROM session WHERE ended_at >= ${since} ORDER BY ended_at`;
    return ended.map(({ id }) => id);
  }

  /** Rows are passed over that somebody holds: a minute later there is another chance, a deadlock is worse. */
  async seen(ids: readonly string[], minute: Date): Promise<void> {
    await this.#database.sql`
      UPDATE session SET last_seen_at = ${minute} WHERE id IN (
        SELECT id FROM session WHERE id = ANY(${ids}::uuid[]) AND last_seen_at < ${minute} AND ended_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED)`;
  }

  async deleteOver(before: Date): Promise<void> {
    await this.#database.sql`DELETE FROM session WHERE ended_at < ${before} OR expires_at < ${before}`;
  }
}
