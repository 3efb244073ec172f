import pg from 'pg';
import { sqlOn, type Sql } from './sql.js';
import { StaleReads } from './stale-reads.js';
import type { WriteMarks } from './write-marks.js';

/** A server that follows the primary, and what is shared about writes. */
export interface ReplicaOptions {
  readonly url: string;
  /** Closed by whoever opened them. */
  readonly marks: WriteMarks;
}

/** Reads of what may be a little older. */
export interface Replica {
  /** For this viewer, or a guest. */
  readonly sqlFor: (viewerId: string | null) => Sql;
  readonly wrote: (viewerId: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Of Postgres: a replica ends reads that its replay cannot wait for, or is being stopped. */
const REPLICAS_OWN = /^(?:40001|57P0\d|08\d{3}|25006)$/u;
const POOL = 4;

export interface ReplicaPools {
  readonly primary: pg.Pool;
  readonly settings: pg.PoolConfig;
  readonly onError: (error: Error) => void;
}

/** Reads that go to the replica when their reader may, else to the primary; a replica that fails meanwhile costs a second try there. */
export function openReplica({ url, marks }: ReplicaOptions, { primary, settings, onError }: ReplicaPools): Replica {
  const pool = new pg.Pool({ ...settings, connectionString: url, max: POOL });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  const [here, there] = [sqlOn(primary), sqlOn(pool)];
  const reads = new StaleReads(
    {
      primary: async () => positionOf(await here<Position>`SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS position`),
      replica: async () => positionOf(await there<Position>`SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint AS position`),
    },
    marks,
  );
  return {
    sqlFor:
      (viewerId) =>
      async <Row extends pg.QueryResultRow>(text: TemplateStringsArray, ...values: readonly unknown[]) => {
        if (!(await reads.mayRead(viewerId))) return here<Row>(text, ...values);
        try {
          return await there<Row>(text, ...values);
        } catch (error) {
          if (!isReplicas(error)) throw error;
          onError(error);
          return here<Row>(text, ...values);
        }
      },
    wrote: async (viewerId) => reads.wrote(viewerId),
    close: async () => pool.end(),
  };
}

interface Position {
  readonly position: number;
}

const positionOf = ([row]: readonly Position[]): number => row?.position ?? 0;

/** What is wrong with the statement itself is wrong on the primary too. */
const isReplicas = (error: unknown): error is Error =>
  error instanceof Error && (!(error instanceof pg.DatabaseError) || REPLICAS_OWN.test(error.code ?? ''));
