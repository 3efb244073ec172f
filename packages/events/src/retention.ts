import type { Database, Tx } from '@plaza/db/database';
import { tryLock } from '@plaza/db/lock';
import type { Logger } from '@plaza/telemetry/logger';

/** Facts, and the notes of those that took effect, are kept so long; a fact that a consumer still lacks is kept longer. */
export const RETENTION_DAYS = 7;

const EVERY_MS = 60 * 60 * 1_000;
const RETRY_MS = 30_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
const PARTITION = /^outbox_\d{4}_\d\d_\d\d$/;

/** Keeps the outbox in days and forgets what is old, at once and every hour. Returns what ends it. */
export function keepDays(database: Database<unknown>, consumers: readonly string[], logger: Logger): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const work = async (): Promise<void> => {
    let next = EVERY_MS;
    try {
      const now = new Date();
      await makeDays(database, now);
      await dropDays(database, consumers, now);
      await forgetReceived(database, now);
    } catch (error) {
      // Nothing is lost by it: the default partition takes what has no day, and what is old goes later.
      if (!isLockedOut(error)) logger.warn({ err: error }, 'the days of the outbox could not be kept; trying again');
      next = RETRY_MS;
    }
    if (!isStopped) timer = setTimeout(() => void (current = work()), next).unref();
  };
  let current = work();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await current;
  };
}

/** Somebody was writing for longer than we wait: they come first. */
const isLockedOut = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55P03';

/** Makes the partitions of today and tomorrow (UTC). A day that has rows in the default partition already stays there. */
export async function makeDays(database: Database<unknown>, now: Date): Promise<void> {
  for (const day of [now, new Date(now.getTime() + DAY_MS)]) {
    await database.transaction(async (tx) => {
      if (!(await begin(tx))) return;
      // Definitions take no bound values, so the day travels as a setting of this transaction.
      await tx.sql`SELECT set_config('plaza.day', ${day.toISOString().slice(0, 10)}, true)`;
      // Writers wait for these few milliseconds: one that had already chosen the default partition would be refused by its new bounds.
      await tx.sql`LOCK TABLE outbox IN SHARE ROW EXCLUSIVE MODE`;
      await tx.sql`
        DO $$
        DECLARE
          day text := current_setting('plaza.day');
          starts timestamptz := (day || ' 00:00:00+00')::timestamptz;
          ends timestamptz := starts + interval '24 hours';
          partition text := 'outbox_' || replace(day, '-', '_');
        BEGIN
          IF to_regclass(partition) IS NOT NULL OR EXISTS (SELECT 1 FROM outbox_default WHERE created_at >= starts AND created_at < ends) THEN
            RETURN;
          END IF;
          EXECUTE format('CREATE TABLE %I (LIKE outbox INCLUDING DEFAULTS)', partition);
          EXECUTE format('ALTER TABLE outbox ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, starts, ends);
        END $$`;
    });
  }
}

/** Drops the days that are older than {@link RETENTION_DAYS} and that every one of these consumers has seen whole. */
export async function dropDays(database: Database<unknown>, consumers: readonly string[], now: Date): Promise<void> {
  const before = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - RETENTION_DAYS * DAY_MS);
  for (const partition of await partitionsBefore(database, before)) {
    await database.transaction(async (tx) => {
      if (!(await begin(tx)) || (await isLacking(tx, consumers, partition))) return;
      await tx.sql`SELECT set_config('plaza.partition', ${partition}, true)`;
      await tx.sql`DO $$ BEGIN EXECUTE format('DROP TABLE IF EXISTS %I', current_setting('plaza.partition')); END $$`;
    });
  }
  await database.sql`
    DELETE FROM outbox_default AS fact WHERE created_at < ${before} AND NOT EXISTS (
      SELECT 1 FROM outbox_position AS position
      WHERE position.consumer = ANY(${consumers}::text[]) AND position.lane = fact.lane AND NOT pg_visible_in_snapshot(fact.tx, position.seen)
    )`;
}

/** Forgets which events took effect longer ago than {@link RETENTION_DAYS}: their facts are gone too, so nobody can bring them again. */
export async function forgetReceived(database: Database<unknown>, now: Date): Promise<void> {
  // A day more than the facts, so that no repeat of the oldest one meets an inbox that has forgotten it.
  await database.sql`DELETE FROM inbox WHERE received_at < ${new Date(now.getTime() - (RETENTION_DAYS + 1) * DAY_MS)}`;
}

/** False when another process is at it. What cannot get its lock at once gives up, so that no writer queues behind it. */
async function begin(tx: Tx): Promise<boolean> {
  await tx.sql`SET LOCAL lock_timeout = '100ms'`;
  return tryLock(tx, 'plaza outbox days');
}

async function partitionsBefore(database: Database<unknown>, before: Date): Promise<readonly string[]> {
  const rows = await database.sql<{ name: string }>`
    SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'outbox'::regclass ORDER BY relname`;
  const limit = `outbox_${before.toISOString().slice(0, 10).replaceAll('-', '_')}`;
  return rows.map(({ name }) => name).filter((name) => PARTITION.test(name) && name < limit);
}

async function isLacking(tx: Tx, consumers: readonly string[], partition: string): Promise<boolean> {
  const [row] = await tx.sql<{ lacking: boolean }>`
    SELECT EXISTS (
      SELECT 1 FROM outbox AS fact JOIN outbox_position AS position ON position.lane = fact.lane
      WHERE fact.tableoid = to_regclass(${partition}) AND position.consumer = ANY(${consumers}::text[])
        AND NOT pg_visible_in_snapshot(fact.tx, position.seen)
    ) AS lacking`;
  return row?.lacking ?? true;
}
