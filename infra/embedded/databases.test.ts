import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { type Postgres, startPostgres, THROW_AWAY } from '@plaza/postgres/postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabases } from './databases.js';

let home: string;
let postgres: Postgres;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plaza-databases-'));
  postgres = await startPostgres(home, { settings: THROW_AWAY });
});
afterAll(async () => {
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

async function sessions(): Promise<number> {
  const client = new Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int FROM pg_stat_activity WHERE datname LIKE 'plaza\\_%'`);
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}

describe('the databases of a start', () => {
  it('are left alone by all, once it was told to stop while one was prepared', async () => {
    const opened = openDatabases(postgres, async (_step, work) =>
      work(() => {
        throw new Error('stopped while starting');
      }),
    );

    await expect(opened).rejects.toThrow('stopped while starting');
    expect(await sessions()).toBe(0);
  });

  it('are there for every subgraph, also after a start that was stopped', async () => {
    const urls = await openDatabases(postgres, async (_step, work) => work(() => undefined));
    expect(Object.keys(urls).toSorted()).toEqual([...SUBGRAPH_NAMES].toSorted());
  });
});
