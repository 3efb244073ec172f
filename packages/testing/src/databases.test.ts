import { Client } from 'pg';
import { expect, it } from 'vitest';
import { createDatabases } from './databases.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

it('gives every caller databases of its own', async () => {
  const [one, two] = await Promise.all([createDatabases(['accounts', 'feed']), createDatabases(['accounts'])]);
  await query(one.urls.accounts, 'CREATE TABLE mine ()');

  expect(await query(two.urls.accounts, `SELECT 1 FROM pg_tables WHERE tablename = 'mine'`)).toEqual([]);
  await Promise.all([one.drop(), two.drop()]);
});

it('gives databases that are migrated', async () => {
  const databases = await createDatabases(['accounts']);

  expect(await query(databases.urls.accounts, 'SELECT 1 AS one FROM _prisma_migrations WHERE finished_at IS NULL')).toEqual([]);
  await databases.drop();
});

it('drops databases that are still in use', async () => {
  const databases = await createDatabases(['accounts']);
  const client = new Client({ connectionString: databases.urls.accounts });
  client.on('error', () => undefined);
  await client.connect();
  await databases.drop();

  await expect(query(databases.urls.accounts, 'SELECT 1')).rejects.toThrow('does not exist');
});
