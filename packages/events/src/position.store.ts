import type { Database, Tx } from '@plaza/db/database';
import type { EventEnvelope } from './envelope.js';
import { LANES } from './outbox.js';

/** Events handed over at once, at most. */
export const BATCH = 200;

/** All lanes' numbers. */
export const ALL_LANES: readonly number[] = Array.from({ length: LANES }, (_, lane) => lane);

/** What is due in one lane, and where the position goes once it is delivered. */
export interface DueLane {
  readonly lane: number;
  readonly events: readonly EventEnvelope[];
  readonly next: NextPosition;
}

interface NextPosition {
  readonly lane: number;
  /** The snapshot up to which the lane is being read. */
  readonly upto: string;
  /** Null when the lane is through: `upto` has been seen whole. Else the number of the last event of the batch. */
  readonly seq: number | null;
}

/** Gives each consumer its positions: a new one begins with the oldest fact that is kept. */
export async function addPositions(database: Database<unknown>, consumers: readonly string[]): Promise<void> {
  await database.sql`
    INSERT INTO outbox_position (consumer, lane)
    SELECT consumer, lane FROM unnest(${consumers}::text[]) AS consumer CROSS JOIN unnest(${ALL_LANES}::smallint[]) AS lane
    ON CONFLICT DO NOTHING`;
}

/** Whether any of these lanes has something that its position does not know yet, wanted or not. */
export async function anyNews(database: Database<unknown>, consumer: string, lanes: readonly number[]): Promise<boolean> {
  const [row] = await database.sql<{ news: boolean }>`
    SELECT EXISTS (
      SELECT 1 FROM outbox_position AS position
      WHERE consumer = ${consumer} AND lane = ANY(${lanes}::smallint[]) AND (
        upto IS NOT NULL
        OR EXISTS (
          SELECT 1 FROM outbox
          WHERE outbox.lane = position.lane AND outbox.tx >= pg_snapshot_xmin(position.seen) AND NOT pg_visible_in_snapshot(outbox.tx, position.seen)
        )
      )
    ) AS news`;
  return row?.news ?? false;
}

/** Takes those of the lanes that no other relay works on, until the transaction ends. */
export async function holdLanes(tx: Tx, consumer: string, lanes: readonly number[]): Promise<readonly number[]> {
  const rows = await tx.sql<{ lane: number }>`
    SELECT lane FROM outbox_position WHERE consumer = ${consumer} AND lane = ANY(${lanes}::smallint[]) ORDER BY lane FOR UPDATE SKIP LOCKED`;
  return rows.map(({ lane }) => lane);
}

interface DueRow {
  readonly lane: number;
  readonly upto: string;
  readonly seq: number | null;
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly payload: Record<string, unknown>;
  readonly createdAt: Date;
}

/**
 * What became visible since each lane was last read whole: the events of those types, by number, at most {@link BATCH} a lane. A lane's reading
 * ends at a snapshot; what is not in it (begun before, committed after) comes with the next one, so nothing is skipped and nobody waits for it.
 * Two events of one key whose writers hold the key's lock have their numbers in the order of their commits, and no snapshot has the second
 * without the first: they come in order.
 */
export async function readDue(
  tx: Tx,
  consumer: string,
  lanes: readonly number[],
  types: readonly string[] | null,
): Promise<readonly DueLane[]> {
  const rows = await tx.sql<DueRow>`
    SELECT position.lane, position.upto::text AS upto, due.seq, due.id, due.type, due.key, due.payload, due.created_at AS "createdAt"
    FROM (
      SELECT lane, seen, coalesce(upto, pg_current_snapshot()) AS upto, seq
      FROM outbox_position WHERE consumer = ${consumer} AND lane = ANY(${lanes}::smallint[])
    ) AS position
    LEFT JOIN LATERAL (
      SELECT seq, id, type, key, payload, created_at FROM outbox
      WHERE outbox.lane = position.lane
        AND outbox.tx >= pg_snapshot_xmin(position.seen) AND outbox.tx < pg_snapshot_xmax(position.upto)
        AND NOT pg_visible_in_snapshot(outbox.tx, position.seen) AND pg_visible_in_snapshot(outbox.tx, position.upto)
        AND outbox.seq > position.seq AND (${types}::text[] IS NULL OR outbox.type = ANY(${types}::text[]))
      ORDER BY seq LIMIT ${BATCH}
    ) AS due ON true
    ORDER BY position.lane, due.seq`;
  return lanes.flatMap((lane) => {
    const ofLane = rows.filter((row) => row.lane === lane);
    const [first] = ofLane;
    if (first === undefined) return [];
    const events = ofLane.filter(({ seq }) => seq !== null).map(toEnvelope);
    const next = { lane, upto: first.upto, seq: events.length < BATCH ? null : (ofLane.at(-1)?.seq ?? null) };
    return [{ lane, events, next }];
  });
}

const toEnvelope = ({ id, type, key, payload, createdAt, seq }: DueRow): EventEnvelope => ({
  id,
  type,
  key,
  occurredAt: createdAt.toISOString(),
  ...(seq === null ? {} : { number: seq }),
  payload,
});

/** Moves positions in the transaction that holds them. */
export async function movePositions(tx: Tx, consumer: string, positions: readonly NextPosition[]): Promise<void> {
  await tx.sql`
    UPDATE outbox_position AS position SET
      seen = CASE WHEN next.seq IS NULL THEN next.upto ELSE position.seen END,
      upto = CASE WHEN next.seq IS NULL THEN NULL ELSE next.upto END,
      seq = coalesce(next.seq, 0),
      updated_at = now()
    FROM unnest(
      ${positions.map(({ lane }) => lane)}::smallint[], ${positions.map(({ upto }) => upto)}::pg_snapshot[], ${positions.map(({ seq }) => seq)}::bigint[]
    ) AS next (lane, upto, seq)
    WHERE position.consumer = ${consumer} AND position.lane = next.lane`;
}

/** Puts it back to the oldest fact that is kept: all of them come again. */
export async function beginAnew(database: Database<unknown>, consumer: string): Promise<void> {
  await database.sql`UPDATE outbox_position SET seen = DEFAULT, upto = NULL, seq = 0, updated_at = now() WHERE consumer = ${consumer}`;
}

/** Where the log stands now: every fact that is committed by now is before it. */
export async function logPosition(database: Database<unknown>): Promise<string> {
  const [row] = await database.sql<{ position: string }>`SELECT pg_current_snapshot()::text AS position`;
  if (row === undefined) throw new Error('Postgres gave no snapshot');
  return row.position;
}

/** The lanes in which a consumer still lacks wanted facts from before `position`. */
export async function lanesBehind(
  database: Database<unknown>,
  consumer: string,
  types: readonly string[] | null,
  position: string,
): Promise<readonly number[]> {
  const rows = await database.sql<{ lane: number }>`
    SELECT lane FROM outbox_position AS position
    WHERE consumer = ${consumer} AND EXISTS (
      SELECT 1 FROM outbox
      WHERE outbox.lane = position.lane AND (${types}::text[] IS NULL OR outbox.type = ANY(${types}::text[]))
        AND outbox.tx >= pg_snapshot_xmin(position.seen) AND NOT pg_visible_in_snapshot(outbox.tx, position.seen)
        AND pg_visible_in_snapshot(outbox.tx, ${position}::pg_snapshot)
        AND NOT (position.upto IS NOT NULL AND pg_visible_in_snapshot(outbox.tx, position.upto) AND outbox.seq <= position.seq)
    )`;
  return rows.map(({ lane }) => lane);
}

/** How many seconds ago the oldest wanted fact was made that a consumer still lacks; 0 when it lacks none. */
export async function oldestLacking(database: Database<unknown>, consumer: string, types: readonly string[] | null): Promise<number> {
  const [row] = await database.sql<{ seconds: number }>`
    SELECT coalesce(max(extract(epoch FROM now() - due.created_at)), 0)::float8 AS seconds
    FROM outbox_position AS position
    CROSS JOIN LATERAL (
      SELECT created_at FROM outbox
      WHERE outbox.lane = position.lane AND (${types}::text[] IS NULL OR outbox.type = ANY(${types}::text[]))
        AND outbox.tx >= pg_snapshot_xmin(position.seen) AND NOT pg_visible_in_snapshot(outbox.tx, position.seen)
        AND NOT (position.upto IS NOT NULL AND pg_visible_in_snapshot(outbox.tx, position.upto) AND outbox.seq <= position.seq)
      ORDER BY tx, seq LIMIT 1
    ) AS due
    WHERE consumer = ${consumer}`;
  return Math.max(0, row?.seconds ?? 0);
}
