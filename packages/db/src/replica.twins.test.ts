import { randomUUID } from 'node:crypto';
import { engineTwin } from '@plaza/testing/engine-twin';
import pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from './database.js';
import { InProcessWriteMarks } from './write-marks.js';

const PATIENCE = { timeout: 50_000 };
const prisma = () => ({ $disconnect: async () => undefined });

const named = (server: string, name: string): string => {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
};

async function on<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const texts = async (
  database: Database<unknown>,
  viewerId: string | null,
): Promise<{ readonly texts: readonly string[]; readonly isReplica: boolean }> => {
  const rows = await database.staleSql(viewerId)<{ text: string | null; replica: boolean }>`
    SELECT note.text, pg_is_in_recovery() AS replica FROM (SELECT 1) AS one LEFT JOIN note ON true ORDER BY note.text`;
  return { texts: rows.flatMap(({ text }) => (text === null ? [] : [text])), isReplica: rows[0]?.replica ?? false };
};

describe('without a replica', () => {
  it('reads of what may be older are reads of the primary', async () => {
    const database = openDatabase({ url: 'postgresql://127.0.0.1:1/none', prisma });
    expect(database.staleSql('anna')).toBe(database.sql);
    await database.wrote('anna');
    await database.close();
  });
});

engineTwin('with a streaming replica', 'POSTGRES_URL', (primary) => {
  engineTwin('and its address', 'POSTGRES_REPLICA_URL', (replica) => {
    it('everybody reads there, and whoever has written reads what they wrote while replay stands still', async () => {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await on(primary, async (client) => client.query(`CREATE DATABASE ${name}`));
      await on(named(primary, name), async (client) => client.query('CREATE TABLE note (text text NOT NULL)'));
      const marks = new InProcessWriteMarks();
      const open = (): Database<unknown> =>
        openDatabase({ url: named(primary, name), replica: { url: named(replica, name), marks }, prisma });
      const [here, there] = [open(), open()];
      try {
        await vi.waitFor(async () => expect(await texts(there, 'anna')).toEqual({ texts: [], isReplica: true }), PATIENCE);
        await on(replica, async (client) => client.query('SELECT pg_wal_replay_pause()'));
        // Asked for, it stands a moment later.
        await vi.waitFor(
          async () =>
            expect(
              await on(replica, async (client) => (await client.query('SELECT pg_get_wal_replay_pause_state() AS state')).rows),
            ).toEqual([{ state: 'paused' }]),
          PATIENCE,
        );
        await here.sql`INSERT INTO note (text) VALUES ('mine')`;
        await here.wrote('anna');
        expect(await texts(there, 'anna')).toEqual({ texts: ['mine'], isReplica: false });
        // Binh has written nothing and reads what is a little older, until it is too old.
        expect((await texts(there, 'binh')).texts).toSatisfy((found: readonly string[]) => found.length <= 1);
        await on(replica, async (client) => client.query('SELECT pg_wal_replay_resume()'));
        await vi.waitFor(async () => expect(await texts(there, 'anna')).toEqual({ texts: ['mine'], isReplica: true }), PATIENCE);
      } finally {
        await on(replica, async (client) => client.query('SELECT pg_wal_replay_resume()'));
        await Promise.all([here.close(), there.close()]);
        await on(primary, async (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
      }
    });
  });
});
