import type { Database, Tx } from '@plaza/db/database';
import type { Arrival, Change, DeliveryPlan, Reader } from './delivery-plan.js';

/** Conversations that are looked at together, and changes of one. */
const CONVERSATIONS = 50;
const CHANGES = 200;

/** Changes wait on the shards; how far they have come stands with what they have brought, at home. */
export class DeliveryStore {
  /** Changes that wait on a shard, those of a conversation in their order; the conversation that has waited longest first. */
  async due(shard: Pick<Database<unknown>, 'sql'>): Promise<readonly Change[]> {
    return shard.sql<Change & Record<string, unknown>>`
      WITH due AS (
        SELECT conversation_id FROM conversation_change GROUP BY conversation_id ORDER BY min(created_at) LIMIT ${CONVERSATIONS}
      )
      SELECT change.conversation_id AS "conversationId", change.position, change.kind, change.seq, change.thing_id AS "thingId",
        change.actor_id AS "actorId", change.created_at AS "createdAt"
      FROM due CROSS JOIN LATERAL (
        SELECT * FROM conversation_change WHERE conversation_id = due.conversation_id ORDER BY position LIMIT ${CHANGES}
      ) AS change ORDER BY change.conversation_id, change.position`;
  }

  async dueOf(shard: Pick<Database<unknown>, 'sql'>, conversationIds: readonly string[]): Promise<readonly Change[]> {
    return shard.sql<Change & Record<string, unknown>>`
      SELECT conversation_id AS "conversationId", position, kind, seq, thing_id AS "thingId", actor_id AS "actorId", created_at AS "createdAt"
      FROM conversation_change WHERE conversation_id = ANY(${conversationIds}::uuid[]) ORDER BY conversation_id, position LIMIT ${CHANGES}`;
  }

  /** Everybody who is, or was, in one of the conversations. */
  async readers(shard: Pick<Database<unknown>, 'sql'>, conversationIds: readonly string[]): Promise<readonly Reader[]> {
    return shard.sql<Reader & Record<string, unknown>>`
      SELECT conversation_id AS "conversationId", user_id AS "userId", since_seq AS "sinceSeq", left_seq AS "leftSeq",
        is_request AS "isRequest"
      FROM member WHERE conversation_id = ANY(${conversationIds}::uuid[]) ORDER BY conversation_id, user_id`;
  }

  /** Takes away what has been delivered. */
  async done(shard: Pick<Database<unknown>, 'sql'>, positions: ReadonlyMap<string, number>): Promise<void> {
    await shard.sql`
      DELETE FROM conversation_change AS change USING unnest(${[...positions.keys()]}::uuid[], ${[...positions.values()]}::bigint[]) AS done (id, position)
      WHERE change.conversation_id = done.id AND change.position <= done.position`;
  }

  /** How far the conversations have been delivered. Whoever delivers one of them waits until the transaction ends. */
  async positions(tx: Tx, conversationIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    await tx.sql`
      INSERT INTO delivery (conversation_id, position) SELECT id, 0 FROM unnest(${conversationIds}::uuid[]) AS wanted (id) ORDER BY id
      ON CONFLICT DO NOTHING`;
    const rows = await tx.sql<{ id: string; position: number }>`
      SELECT conversation_id AS id, position FROM delivery WHERE conversation_id = ANY(${conversationIds}::uuid[])
      ORDER BY conversation_id FOR UPDATE`;
    return new Map(rows.map(({ id, position }) => [id, position]));
  }

  async moveOn(tx: Tx, positions: ReadonlyMap<string, number>): Promise<void> {
    await tx.sql`
      UPDATE delivery SET position = done.position
      FROM unnest(${[...positions.keys()]}::uuid[], ${[...positions.values()]}::bigint[]) AS done (id, position)
      WHERE delivery.conversation_id = done.id`;
  }

  /** Brings people's places up to date, in the order of people and conversations. */
  async arrive(tx: Tx, arrivals: readonly Arrival[]): Promise<void> {
    if (arrivals.length === 0) return;
    await tx.sql`
      INSERT INTO conversation_member AS place (user_id, conversation_id, last_seq, read_seq, last_at, left_at, is_request)
      SELECT user_id, conversation_id, greatest(since_seq, last_seq), since_seq, coalesce(at, now()), CASE WHEN has_left THEN now() END, is_request
      FROM unnest(
        ${arrivals.map(({ userId }) => userId)}::uuid[], ${arrivals.map(({ conversationId }) => conversationId)}::uuid[],
        ${arrivals.map(({ sinceSeq }) => sinceSeq)}::bigint[], ${arrivals.map(({ lastSeq }) => lastSeq)}::bigint[],
        ${arrivals.map(({ at }) => at?.toISOString() ?? null)}::timestamptz[], ${arrivals.map(({ hasLeft }) => hasLeft)}::boolean[],
        ${arrivals.map(({ isRequest }) => isRequest)}::boolean[]
      ) AS arrival (user_id, conversation_id, since_seq, last_seq, at, has_left, is_request)
      ORDER BY user_id, conversation_id
      ON CONFLICT (user_id, conversation_id) DO UPDATE SET
        last_seq = greatest(place.last_seq, excluded.last_seq),
        read_seq = greatest(place.read_seq, excluded.read_seq),
        last_at = CASE WHEN excluded.last_seq > place.last_seq THEN greatest(place.last_at, excluded.last_at) ELSE place.last_at END,
        left_at = CASE WHEN excluded.left_at IS NULL THEN NULL ELSE coalesce(place.left_at, excluded.left_at) END`;
  }

  /** Notes what does not count; where nothing else follows what somebody has read, they have read that too. */
  async passOver(tx: Tx, uncounted: DeliveryPlan['uncounted']): Promise<void> {
    if (uncounted.length === 0) return;
    const columns = [
      uncounted.map(({ userId }) => userId),
      uncounted.map(({ conversationId }) => conversationId),
      uncounted.map(({ seq }) => seq),
    ] as const;
    await tx.sql`
      INSERT INTO uncounted_message (user_id, conversation_id, seq)
      SELECT message.user_id, message.conversation_id, message.seq
      FROM unnest(${columns[0]}::uuid[], ${columns[1]}::uuid[], ${columns[2]}::bigint[]) AS message (user_id, conversation_id, seq)
      JOIN conversation_member AS place USING (user_id, conversation_id)
      WHERE message.seq > place.read_seq ON CONFLICT DO NOTHING`;
    await tx.sql`
      WITH touched AS (
        SELECT DISTINCT user_id, conversation_id FROM unnest(${columns[0]}::uuid[], ${columns[1]}::uuid[]) AS message (user_id, conversation_id)
      ), run AS (
        SELECT place.user_id, place.conversation_id, message.seq, place.read_seq,
          message.seq - row_number() OVER (PARTITION BY place.user_id, place.conversation_id ORDER BY message.seq) AS before
        FROM touched JOIN conversation_member AS place USING (user_id, conversation_id)
        JOIN uncounted_message AS message USING (user_id, conversation_id)
        WHERE message.seq > place.read_seq AND message.seq <= place.last_seq
      ), reach AS (
        SELECT user_id, conversation_id, max(seq) AS seq FROM run WHERE before = read_seq GROUP BY user_id, conversation_id
      ), moved AS (
        UPDATE conversation_member AS place SET read_seq = reach.seq FROM reach
        WHERE place.user_id = reach.user_id AND place.conversation_id = reach.conversation_id
      )
      DELETE FROM uncounted_message AS message USING reach
      WHERE message.user_id = reach.user_id AND message.conversation_id = reach.conversation_id AND message.seq <= reach.seq`;
  }
}
