import { setTimeout as pause } from 'node:timers/promises';
import { failpoint } from '@plaza/kernel/failpoint';
import pg from 'pg';
import { watchDatabase } from './database-metrics.js';
import { openReplica, type ReplicaOptions } from './replica.js';
import { countStatement } from './statements.js';
import { type Sql, sqlOn } from './sql.js';
import { types } from './types.js';

/** Postgres' "serialization failure" and "deadlock detected": the same work may succeed when it is done again. */
const RETRYABLE = new Set(['40001', '40P01']);
const TRANSACTION_TRIES = 4;
const RETRY_MS = 10;
/** As long as the longest door waits (packages/subgraph/src/http-port.ts): a statement that takes longer answers nobody, and holds a connection. */
const STATEMENT_MS = 15_000;
const CONNECT_MS = 5_000;
/** Longer than the relay waits for a consumer (packages/events/src/consumer-loop.ts), which is the longest that a transaction waits for others. */
const IDLE_MS = 30_000;

/** One transaction: commits when the work returns, rolls back when it throws. */
export interface Tx {
  readonly sql: Sql;
  /** Runs once the transaction is committed, never if it is not. Must not throw. */
  readonly afterCommit: (then: () => void) => void;
}

/**
 * A subgraph's database: one pool for Prisma (plain reads and lone writes) and for hand-written SQL (transactions and hot reads): docs/adr/0004.
 */
export interface Database<Prisma> {
  readonly prisma: Prisma;
  readonly sql: Sql;
  /**
   * For reads of what may be ten seconds old: from a replica, where there is one and it has all that this viewer (null: a guest) has written. Never
   * for what decides who may see or do something.
   */
  readonly staleSql: (viewerId: string | null) => Sql;
  /** After this viewer's write and before its answer: they read it from now on, {@link staleSql} too. Nothing to do without a replica. */
  wrote(viewerId: string): Promise<void>;
  /** Does `work` in one transaction (read committed), again when Postgres asks for that: `work` must have no other effect than through `tx`. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Whether the database answers, also while every connection is in use. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

export interface DatabaseOptions<Prisma> {
  readonly url: string;
  /** Connections at most. Default 10. */
  readonly poolSize?: number | undefined;
  /** Another server that follows this one. */
  readonly replica?: ReplicaOptions | undefined;
  /** A statement that takes longer is ended by Postgres, and so is a wait for a connection. Default 15 s and 5 s. */
  readonly statementMs?: number;
  readonly connectMs?: number;
  /**
   * Whoever says nothing for so long in the midst of a transaction is taken for dead: Postgres ends it, with its locks. That a server has such a patience
   * by itself is not relied on: without one, a process that was stopped would hold its locks for ever. Default 30 s.
   */
  readonly idleMs?: number;
  /** Makes the subgraph's generated client: `(pool) => new PrismaClient({ adapter: new PrismaPg(pool) })`. */
  readonly prisma: (pool: pg.Pool) => Prisma & { $disconnect(): Promise<void> };
  /** Told of connections that broke; the pool replaces them by itself. */
  readonly onError?: (error: Error) => void;
}

export function openDatabase<Prisma>({
  url,
  poolSize = 10,
  replica: replicaOptions,
  statementMs = STATEMENT_MS,
  connectMs = CONNECT_MS,
  idleMs = IDLE_MS,
  prisma: makePrisma,
  onError = () => {},
}: DatabaseOptions<Prisma>): Database<Prisma> {
  const settings = {
    types,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: idleMs,
  };
  const pool = new pg.Pool({ ...settings, connectionString: url, max: poolSize });
  pool.on('error', onError);
  pool.on('connect', (client) => {
    // The pool listens while a connection is idle only; one that breaks in use would end the process. Its query fails anyway.
    client.on('error', onError);
    countStatementsOf(client);
  });
  // Asked beside the others: that all of them are in use does not say that the database is away.
  const probe = new pg.Pool({
    connectionString: url,
    max: 1,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
  });
  probe.on('error', onError);
  const endWatch = watchDatabase(url, poolSize, pool, probe);
  const prisma = makePrisma(pool);
  const replica = replicaOptions === undefined ? null : openReplica(replicaOptions, { primary: pool, settings, onError });
  const sql = sqlOn(pool);
  return {
    prisma,
    sql,
    staleSql: (viewerId) => replica?.sqlFor(viewerId) ?? sql,
    wrote: async (viewerId) => replica?.wrote(viewerId),
    transaction: (work) => transact(pool, work),
    ready: async () => {
      try {
        await probe.query('SELECT 1');
        return true;
      } catch {
        return false;
      }
    },
    async close() {
      endWatch();
      await prisma.$disconnect();
      await Promise.all([pool.end(), probe.end(), replica?.close()]);
    },
  };
}

async function transact<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const connection = await pool.connect();
    const committed: (() => void)[] = [];
    let broken: Error | undefined;
    try {
      await connection.query('BEGIN');
      const result = await work({ sql: sqlOn(connection), afterCommit: (then) => committed.push(then) });
      await failpoint('transaction.commit');
      const { command } = await connection.query('COMMIT');
      // Postgres answers COMMIT with ROLLBACK when a statement had failed and the work went on as if it had not.
      if (command !== 'COMMIT') throw new Error('the transaction was undone: one of its statements had failed');
      await failpoint('transaction.committed');
      for (const then of committed) then();
      return result;
    } catch (error) {
      await connection.query('ROLLBACK').catch((cause: unknown) => {
        broken = cause instanceof Error ? cause : new Error('rollback failed');
      });
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!RETRYABLE.has(code) || attempt >= TRANSACTION_TRIES) throw error;
    } finally {
      // A connection that cannot even roll back is thrown away.
      connection.release(broken);
    }
    // Not at once and not all at the same moment: those who met would meet again.
    await pause(Math.random() * RETRY_MS * attempt);
  }
}

/** Every statement counts, whoever sends it. The driver's `query` has nine overloads; all that matters here is that it was called. */
function countStatementsOf(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const counted = (...args: unknown[]): unknown => {
    countStatement();
    return query(...args);
  };
  client.query = counted as typeof client.query;
}
