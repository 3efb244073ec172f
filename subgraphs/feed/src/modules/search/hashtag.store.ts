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
    const ids = taggings.map(({ postId }) => postId);
    const before = await tx.sql<{ postId: string; names: readonly string[] }>`
      SELECT post_id AS "postId", names FROM tagged_post WHERE post_id = ANY(${ids}::uuid[]) ORDER BY post_id FOR UPDATE`;
    const known = new Map(before.map(({ postId, names }) => [postId, names]));
    // Most posts have none and never had.
    const given = taggings.filter(({ postId, names }) => names.length > 0 || known.has(postId));
    if (given.length === 0) return [];
    const written = await tx.sql<{ postId: string; names: readonly string[] }>`
      INSERT INTO tagged_post AS known (post_id, version, names, created_at)
      SELECT post_id, version, names, created_at FROM jsonb_to_recordset(${JSON.stringify(given.map(rowOf))}::jsonb)
        AS given (post_id uuid, version bigint, names text[], created_at timestamptz)
      ORDER BY post_id
      ON CONFLICT (post_id) DO UPDATE SET version = excluded.version, names = excluded.names WHERE known.version < excluded.version
      RETURNING post_id AS "postId", names`;
    const steps = new Map<string, number>();
    const step = (names: readonly string[], by: number): void => {
      for (const name of names) steps.set(name, (steps.get(name) ?? 0) + by);
    };
    for (const { postId, names } of written) {
      step(names, 1);
      step(known.get(postId) ?? [], -1);
    }
    const moved = [...steps].filter(([, by]) => by !== 0);
    await tx.sql`
      WITH moved AS (SELECT * FROM unnest(${moved.map(([name]) => name)}::text[], ${moved.map(([, by]) => by)}::int[]) AS moved (name, step))
      INSERT INTO hashtag AS known (name, post_count) SELECT name, greatest(0, step) FROM moved ORDER BY name
      ON CONFLICT (name) DO UPDATE SET post_count = greatest(0, known.post_count + (SELECT step FROM moved WHERE moved.name = known.name))`;
    return moved.map(([name]) => name);
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

const rowOf = ({ postId, version, names, createdAt }: Tagging & { readonly version: number }) => ({
  post_id: postId,
  version,
  names,
  created_at: createdAt,
});
