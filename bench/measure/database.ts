import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** One statement on a connection of its own. */
export async function asked<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Waits until the feed has built every timeline that it was asked for. */
export async function built(feedUrl: string): Promise<void> {
  for (;;) {
    const [row] = await asked<{ left: string }>(feedUrl, 'SELECT count(*) AS left FROM refresh_task');
    if (row?.left === '0') return;
    await pause(100);
  }
}
