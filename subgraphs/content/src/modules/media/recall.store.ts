import type { Database, Tx } from '@plaza/db/database';
import type { PrismaClient } from '@plaza/prisma/content';

/** An address that is ours to tell of for a while. */
export interface ClaimedRecall {
  readonly address: string;
  readonly claim: string;
  readonly askedAt: Date;
  /** Null: caches are to be told; else they are to be let go. */
  readonly toldAt: Date | null;
}

/** What caches before us are owed. */
export class RecallStore {
  readonly #database: Database<PrismaClient>;

  constructor(database: Database<PrismaClient>) {
    this.#database = database;
  }

  async oweMedia(tx: Tx, mediaIds: readonly string[], now: Date): Promise<void> {
    const rows = await tx.sql<{ address: string }>`SELECT address FROM media WHERE id = ANY(${mediaIds}::uuid[]) AND address IS NOT NULL`;
    await this.#owe(tx, rows, now);
  }

  /** What a post that everybody may see, or could see, carries. */
  async owePost(tx: Tx, postId: string, now: Date): Promise<void> {
    const rows = await tx.sql<{ address: string }>`
      SELECT address FROM media JOIN post_media ON post_media.media_id = media.id JOIN post ON post.id = post_media.post_id
      WHERE post.id = ${postId}::uuid AND post.audience = 'PUBLIC' AND address IS NOT NULL`;
    await this.#owe(tx, rows, now);
  }

  /** Everything of somebody's that everybody could see. */
  async oweOwner(tx: Tx, ownerId: string, now: Date): Promise<void> {
    const rows = await tx.sql<{ address: string }>`
      SELECT address FROM media WHERE owner_id = ${ownerId}::uuid AND address IS NOT NULL AND (is_profile OR EXISTS (
        SELECT 1 FROM post_media JOIN post ON post.id = post_media.post_id
        WHERE post_media.media_id = media.id AND post.audience = 'PUBLIC' AND post.deleted_at IS NULL))`;
    await this.#owe(tx, rows, now);
  }

  /** Those that are due, or whose teller has not been heard of: ours until a moment. */
  async claim(claim: string, now: Date, { until, atMost }: { readonly until: Date; readonly atMost: number }) {
    return this.#database.sql<ClaimedRecall>`
      UPDATE media_recall SET claim = ${claim}::uuid, due_at = ${until} WHERE address IN (
        SELECT address FROM media_recall WHERE due_at <= ${now} ORDER BY due_at LIMIT ${atMost} FOR UPDATE SKIP LOCKED)
      RETURNING address, claim, asked_at AS "askedAt", told_at AS "toldAt"`;
  }

  /** Caches were told; `until` they ask. Where somebody has asked for it again meanwhile, it is told again. */
  async told({ address, claim, askedAt }: ClaimedRecall, now: Date, until: Date): Promise<void> {
    await this.#database.sql`
      UPDATE media_recall SET claim = NULL, told_at = CASE WHEN asked_at = ${askedAt} THEN ${now}::timestamptz END,
        due_at = CASE WHEN asked_at = ${askedAt} THEN ${until}::timestamptz ELSE ${now}::timestamptz END
      WHERE address = ${address} AND claim = ${claim}::uuid`;
  }

  /** Caches were let go: nothing is owed any more, unless somebody has asked again meanwhile. */
  async letGo({ address, claim, askedAt }: ClaimedRecall, now: Date): Promise<void> {
    await this.#database.transaction(async (tx) => {
      await tx.sql`DELETE FROM media_recall WHERE address = ${address} AND claim = ${claim}::uuid AND asked_at = ${askedAt}`;
      await tx.sql`UPDATE media_recall SET claim = NULL, due_at = ${now} WHERE address = ${address} AND claim = ${claim}::uuid`;
    });
  }

  /** It did not work: again from a moment on. */
  async again({ address, claim }: ClaimedRecall, at: Date): Promise<void> {
    await this.#database.sql`UPDATE media_recall SET claim = NULL, due_at = ${at} WHERE address = ${address} AND claim = ${claim}::uuid`;
  }

  /** Whoever is at one finishes first: what they are saying may be the opposite. */
  async #owe(tx: Tx, rows: readonly { readonly address: string }[], now: Date): Promise<void> {
    const addresses = [...new Set(rows.map(({ address }) => address))].toSorted();
    if (addresses.length === 0) return;
    await tx.sql`
      INSERT INTO media_recall (address, asked_at, due_at) SELECT address, ${now}, ${now} FROM unnest(${addresses}::text[]) AS given (address)
      ON CONFLICT (address) DO UPDATE SET asked_at = excluded.asked_at, told_at = NULL,
        due_at = CASE WHEN media_recall.claim IS NULL THEN excluded.due_at ELSE media_recall.due_at END`;
  }
}
