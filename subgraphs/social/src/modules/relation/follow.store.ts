import type { Database, Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { Keyset } from '@plaza/kernel/page';
import type { Ask } from '@plaza/db/full-pages';
import { type KeysetRow, LOWEST_ID, newestFirst } from '@plaza/db/keyset';
import type { FollowEdge } from './user-stat.store.js';

/** What a follower wants of whom they follow. */
export interface FollowOptions {
  /** Whether their reposts enter the follower's home feed. */
  readonly reposts: boolean;
  /** BCP 47; empty: all. */
  readonly languages: readonly string[];
}

export interface FollowRow extends FollowEdge, FollowOptions {
  readonly id: string;
  readonly createdAt: Date;
}

/** A person in a list of persons. */
export interface UserListRow extends KeysetRow {
  readonly userId: string;
}

export class FollowStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async insert(tx: Tx, { followerId, followeeId }: FollowEdge, { reposts, languages }: FollowOptions): Promise<FollowRow> {
    const [row] = await tx.sql<FollowRow>`
      INSERT INTO follow (id, follower_id, followee_id, reposts, languages)
      VALUES (${newId()}, ${followerId}, ${followeeId}, ${reposts}, ${languages}::text[])
      RETURNING id, follower_id AS "followerId", followee_id AS "followeeId", reposts, languages, created_at AS "createdAt"`;
    if (row === undefined) throw new Error('an INSERT without conflict returns its row');
    return row;
  }

  /** Null when the options are these already. */
  async change(tx: Tx, { followerId, followeeId }: FollowEdge, { reposts, languages }: FollowOptions): Promise<FollowRow | null> {
    const [row] = await tx.sql<FollowRow>`
      UPDATE follow SET reposts = ${reposts}, languages = ${languages}::text[]
      WHERE follower_id = ${followerId} AND followee_id = ${followeeId} AND (reposts, languages) IS DISTINCT FROM (${reposts}::boolean, ${languages}::text[])
      RETURNING id, follower_id AS "followerId", followee_id AS "followeeId", reposts, languages, created_at AS "createdAt"`;
    return row ?? null;
  }

  /** Whether there was one. */
  async delete(tx: Tx, { followerId, followeeId }: FollowEdge): Promise<boolean> {
    return (await tx.sql`DELETE FROM follow WHERE follower_id = ${followerId} AND followee_id = ${followeeId} RETURNING 1`).length > 0;
  }

  /** Whether the request is new; an open one gets these options. */
  async request(tx: Tx, { followerId, followeeId }: FollowEdge, { reposts, languages }: FollowOptions): Promise<boolean> {
    const [row] = await tx.sql<{ isNew: boolean }>`
      INSERT INTO follow_request (id, follower_id, followee_id, reposts, languages)
      VALUES (${newId()}, ${followerId}, ${followeeId}, ${reposts}, ${languages}::text[])
      ON CONFLICT (follower_id, followee_id) DO UPDATE SET reposts = excluded.reposts, languages = excluded.languages
      RETURNING xmax = 0 AS "isNew"`;
    return row?.isNew ?? false;
  }

  /** Ends a request; its options, or null when there was none. */
  async closeRequest(tx: Tx, { followerId, followeeId }: FollowEdge): Promise<FollowOptions | null> {
    const [row] = await tx.sql<FollowOptions>`
      DELETE FROM follow_request WHERE follower_id = ${followerId} AND followee_id = ${followeeId} RETURNING reposts, languages`;
    return row ?? null;
  }

  async followers(asks: readonly Ask<Keyset>[], limit: number): Promise<readonly UserListRow[]> {
    const { owners, ats, ids } = newestFirst(asks);
    return this.#database.sql<UserListRow>`
      SELECT page.owner_id AS "ownerId", found.follower_id AS "userId", found.created_at AS at, found.id
      FROM unnest(${owners}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page(owner_id, at, id)
      CROSS JOIN LATERAL (
        SELECT * FROM follow WHERE followee_id = page.owner_id AND (created_at, id) < (page.at, page.id) ORDER BY created_at DESC, id DESC LIMIT ${limit}
      ) found ORDER BY page.owner_id, found.created_at DESC, found.id DESC`;
  }

  async following(asks: readonly Ask<Keyset>[], limit: number): Promise<readonly UserListRow[]> {
    const { owners, ats, ids } = newestFirst(asks);
    return this.#database.sql<UserListRow>`
      SELECT page.owner_id AS "ownerId", found.followee_id AS "userId", found.created_at AS at, found.id
      FROM unnest(${owners}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page(owner_id, at, id)
      CROSS JOIN LATERAL (
        SELECT * FROM follow WHERE follower_id = page.owner_id AND (created_at, id) < (page.at, page.id) ORDER BY created_at DESC, id DESC LIMIT ${limit}
      ) found ORDER BY page.owner_id, found.created_at DESC, found.id DESC`;
  }

  async requests(asks: readonly Ask<Keyset>[], limit: number): Promise<readonly UserListRow[]> {
    const { owners, ats, ids } = newestFirst(asks);
    return this.#database.sql<UserListRow>`
      SELECT page.owner_id AS "ownerId", found.follower_id AS "userId", found.created_at AS at, found.id
      FROM unnest(${owners}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page(owner_id, at, id)
      CROSS JOIN LATERAL (
        SELECT * FROM follow_request WHERE followee_id = page.owner_id AND (created_at, id) < (page.at, page.id)
        ORDER BY created_at DESC, id DESC LIMIT ${limit}
      ) found ORDER BY page.owner_id, found.created_at DESC, found.id DESC`;
  }

  /** Every follow, by id. */
  async snapshot(after: string | null, limit: number): Promise<readonly FollowRow[]> {
    return this.#database.sql<FollowRow>`
      SELECT id, follower_id AS "followerId", followee_id AS "followeeId", reposts, languages, created_at AS "createdAt"
      FROM follow WHERE id > ${after ?? LOWEST_ID} ORDER BY id LIMIT ${limit}`;
  }
}
