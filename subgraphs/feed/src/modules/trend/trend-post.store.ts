import type { Database, Tx } from '@plaza/db/database';

/** Something whose owner is to be asked, and which time that is. */
export interface Due {
  readonly id: string;
  readonly version: number;
}

/** What a PUBLIC post is about. */
export interface Subjects {
  readonly isSensitive: boolean;
  readonly hashtags: readonly string[];
  readonly links: readonly string[];
  readonly productIds: readonly string[];
}

/** What lately published or reposted posts are about. */
export class TrendPostStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The post's owner is to be asked what it is about. */
  async noteDue(tx: Tx, postId: string, at: string): Promise<void> {
    await tx.sql`
      INSERT INTO trend_post AS post (post_id, noted_at) VALUES (${postId}, ${at})
      ON CONFLICT (post_id) DO UPDATE SET is_due = true, version = post.version + 1, noted_at = greatest(post.noted_at, excluded.noted_at)`;
  }

  /** The post is in use again: if it is known what it is about, it stays known. */
  async noteUse(tx: Tx, postId: string, at: string): Promise<void> {
    await tx.sql`
      INSERT INTO trend_post AS post (post_id, noted_at) VALUES (${postId}, ${at})
      ON CONFLICT (post_id) DO UPDATE SET noted_at = greatest(post.noted_at, excluded.noted_at)`;
  }

  async delete(tx: Tx, postId: string): Promise<void> {
    await tx.sql`DELETE FROM trend_post WHERE post_id = ${postId}`;
  }

  async due(limit: number): Promise<readonly Due[]> {
    return this.#database.sql<{ id: string; version: number }>`
      SELECT post_id AS id, version FROM trend_post WHERE is_due ORDER BY post_id LIMIT ${limit}`;
  }

  /** Writes what the owner said of these; whom it left out is about nothing. What became due again meanwhile stays so. */
  async write(asked: readonly Due[], answers: ReadonlyMap<string, Subjects>): Promise<void> {
    const rows = asked.map(({ id, version }) => {
      const { isSensitive = true, hashtags = [], links = [], productIds = [] } = answers.get(id) ?? {};
      return { id, version, is_sensitive: isSensitive, hashtags, links, product_ids: productIds };
    });
    await this.#database.sql`
      UPDATE trend_post AS post
      SET is_due = false, is_sensitive = given.is_sensitive, hashtags = given.hashtags, links = given.links, product_ids = given.product_ids
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS given (id uuid, version int, is_sensitive boolean, hashtags text[], links text[], product_ids uuid[])
      WHERE post.post_id = given.id AND post.version = given.version`;
  }

  /** Forgets posts that nobody has published, edited or reposted since. */
  async prune(before: Date): Promise<void> {
    await this.#database.sql`DELETE FROM trend_post WHERE noted_at < ${before}`;
  }

  /** Starts over: everything that was published or reposted since is to be asked for. */
  async rebuild(tx: Tx, since: Date): Promise<void> {
    await tx.sql`DELETE FROM trend_post`;
    await tx.sql`
      INSERT INTO trend_post (post_id, noted_at)
      SELECT post_id, max(at) FROM feed_item WHERE at > ${since} AND is_live AND audience = 'PUBLIC' GROUP BY post_id`;
  }
}
