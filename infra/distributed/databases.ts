import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '@plaza/db/migrator';
import { withClient } from '@plaza/db/with-client';
import type { Environment } from '@plaza/embedded/environment';
import { ConfigError } from '@plaza/embedded/config';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import pg from 'pg';

const prisma = fileURLToPath(new URL('../../prisma/', import.meta.url));
const DUPLICATE_DATABASE = '42P04';

/** Where a subgraph writes, and where it may read what is a little older. */
export interface DatabasePlace {
  readonly url: string;
  readonly replicaUrl: string | undefined;
}

/**
 * Each subgraph's database: DATABASE_URL_<NAME> and DATABASE_REPLICA_URL_<NAME>, else `plaza_<name>` at POSTGRES_URL and POSTGRES_REPLICA_URL.
 * @throws ConfigError when there is no address for one.
 */
export function databasesFrom(environment: Environment): Readonly<Record<SubgraphName, DatabasePlace>> {
  const at = (server: string | undefined, name: string): string | undefined => {
    if (server === undefined) return undefined;
    const url = new URL(server);
    url.pathname = `/plaza_${name}`;
    return url.href;
  };
  const places = SUBGRAPH_NAMES.map((name) => {
    const url = environment[`DATABASE_URL_${name.toUpperCase()}`] ?? at(environment['POSTGRES_URL'], name);
    if (url === undefined) throw new ConfigError(`POSTGRES_URL or DATABASE_URL_${name.toUpperCase()} must be set: npm run infra:up`);
    return [
      name,
      { url, replicaUrl: environment[`DATABASE_REPLICA_URL_${name.toUpperCase()}`] ?? at(environment['POSTGRES_REPLICA_URL'], name) },
    ];
  });
  return Object.fromEntries(places) as Record<SubgraphName, DatabasePlace>;
}

/** The database is there and has its migrations; however many do this at once, one does it. */
export async function prepare(name: SubgraphName, { url }: DatabasePlace): Promise<void> {
  await create(url);
  await migrate(url, join(prisma, name, 'schema.prisma'), join(prisma, name, 'migrations'));
}

async function create(url: string): Promise<void> {
  const there = new URL(url);
  const name = decodeURIComponent(there.pathname.slice(1));
  there.pathname = '/postgres';
  await withClient(there.href, async (client) => {
    const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rows.length > 0) return;
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`).catch((cause: unknown) => {
      if (!(cause instanceof pg.DatabaseError && cause.code === DUPLICATE_DATABASE)) throw cause;
    });
  });
}
