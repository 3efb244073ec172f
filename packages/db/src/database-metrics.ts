import { LookedUp } from '@plaza/telemetry/looked-up';
import type pg from 'pg';

const pools = new LookedUp(
  {
    plaza_pool_connections: 'Connections of a pool by what they do; those that wait are requests that have none.',
    plaza_pool_size: 'Connections that a pool may have.',
  },
  ['database', 'state'] as const,
);

const databases = new LookedUp(
  {
    plaza_database_size_bytes: 'What a database takes on its disk.',
    plaza_database_connections: 'Connections to the server of a database, whoever has them.',
    plaza_database_connections_limit: 'Connections that this server takes.',
    plaza_database_replicas: 'Replicas that follow this server.',
    plaza_database_replica_lag_bytes: 'How much of the log the replica that is farthest behind has not applied.',
    plaza_database_replica_lag_seconds: 'How long ago that replica was told of what it applied last, while there is something to apply.',
  },
  ['database'] as const,
);

interface StateRow {
  readonly size: string;
  readonly connections: string;
  readonly limit: string;
  readonly replicas: string;
  readonly bytes: string;
  readonly seconds: string;
}

/** Null lags: a role without pg_monitor is not told of them, and an idle replica has none. */
const STATE = `
  SELECT pg_database_size(current_database()) AS size,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
    current_setting('max_connections') AS limit,
    count(pid) AS replicas,
    coalesce(max(pg_wal_lsn_diff(
      CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, replay_lsn)), 0) AS bytes,
    coalesce(max(extract(epoch FROM replay_lag)), 0) AS seconds
  FROM pg_stat_replication WHERE state = 'streaming'`;

/**
 * Tells of a pool and of the database behind it when the metrics are read. `probe` is not the pool: how full that is, is what is asked. Returns what
 * ends it.
 */
export function watchDatabase(url: string, size: number, pool: pg.Pool, probe: pg.Pool): () => void {
  const database = nameOf(url);
  const endPool = pools.add(async () => [
    { name: 'plaza_pool_size', labels: { database, state: 'all' }, value: size },
    { name: 'plaza_pool_connections', labels: { database, state: 'used' }, value: pool.totalCount - pool.idleCount },
    { name: 'plaza_pool_connections', labels: { database, state: 'idle' }, value: pool.idleCount },
    { name: 'plaza_pool_connections', labels: { database, state: 'waiting' }, value: pool.waitingCount },
  ]);
  const endDatabase = databases.add(async () => {
    const [row] = (await probe.query<StateRow>(STATE)).rows;
    if (row === undefined) return [];
    return [
      { name: 'plaza_database_size_bytes', labels: { database }, value: Number(row.size) },
      { name: 'plaza_database_connections', labels: { database }, value: Number(row.connections) },
      { name: 'plaza_database_connections_limit', labels: { database }, value: Number(row.limit) },
      { name: 'plaza_database_replicas', labels: { database }, value: Number(row.replicas) },
      { name: 'plaza_database_replica_lag_bytes', labels: { database }, value: Number(row.bytes) },
      { name: 'plaza_database_replica_lag_seconds', labels: { database }, value: Number(row.seconds) },
    ];
  });
  return () => {
    endPool();
    endDatabase();
  };
}

/** Its name alone: an address may hold a password. */
function nameOf(url: string): string {
  return /\/([^/?]+)(?:\?|$)/u.exec(url)?.[1] ?? 'unnamed';
}
