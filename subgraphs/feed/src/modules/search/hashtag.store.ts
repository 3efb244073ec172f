import type { Database, Tx } from '@plaza/db/database';

/** The hashtags of a post as of a version; none when the post is gone or not for everybody. */
export interface Tagging {
  readonly postId: string;
  readonly names: readonly string[];
  readonly createdAt: Date;
}

/** Which posts that everybody may see carry which hashtags, and how many. */
export class HashtagStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Takes the hashtags of posts on, unless something later is known. Tells which hashtags have another count now. */
  async put(tx: Tx, taggings: readonly (Tagging & { readonly version: number })[]): Promise<readonly string[]> {
    const rows = taggings.map(({ postId, version, names, createdAt }) => ({ post_id: postId, version, names, created_at: createdAt }));
    const changed = await tx.sql<{ name: string }>`
      WITH given AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given (post_id uuid, version bigint, names text[], created_at timestamptz)
      ), before AS MATERIALIZED (
        SELECT post.post_id, post.names FROM tagged_post AS post JOIN given USING (post_id) ORDER BY post_id FOR UPDATE OF post
      ), written AS (
        INSERT INTO tagged_post AS known (post_id, version, names, created_at)
        SELECT post_id, version, names, created_at FROM given
        WHERE cardinality(names) > 0 OR EXISTS (SELECT FROM before WHERE before.post_id = given.post_id)
        ORDER BY post_id
        ON CONFLICT (post_id) DO UPDATE SET version = excluded.version, names = excluded.names WHERE known.version < excluded.version
        RETURNING post_id, names
      ), moved AS (
        SELECT name, sum(step)::int AS step FROM (
          SELECT unnest(names) AS name, 1 AS step FROM written
          UNION ALL SELECT unnest(before.names), -1 FROM before JOIN written USING (post_id)
        ) AS step GROUP BY name HAVING sum(step) <> 0 ORDER BY name
      )
      INSERT INTO hashtag AS known (name, post_count) SELECT name, greatest(0, step) FROM moved
      ON CONFLICT (name) DO UPDATE SET post_count = greatest(0, known.post_count + (SELECT step FROM moved WHERE moved.name = known.name))
      RETURNING name`;
    return changed.map(({ name }) => name);
  }

  /** Lets go of posts that a look which began at `version` did not find, and counts again. */
  async settle(tx: Tx, version: number): Promise<void> {
    await tx.sql`DELETE FROM tagged_post WHERE version < ${version}`;
    await tx.sql`UPDATE hashtag SET post_count = 0`;
    await tx.sql`
      INSERT INTO hashtag (name, post_count) SELECT unnest(names) AS name, count(*) FROM tagged_post GROUP BY 1 ORDER BY 1
      ON CONFLICT (name) DO UPDATE SET post_count = excluded.post_count`;
  }

  async counts(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.sql<{ name: string; postCount: number }>`
      SELECT name, post_count AS "postCount" FROM hashtag WHERE name = ANY(${names}::text[])`;
    return new Map(rows.map(({ name, postCount }) => [name, postCount]));
  }
}
