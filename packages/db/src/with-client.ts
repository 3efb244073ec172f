import pg from 'pg';

/** Work on a connection of its own, which is closed in the end. @throws what the work throws, or that there is no connection to be had */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the server may be stopped meanwhile: what is asked of it then fails by itself
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The rows of one statement on a connection of its own. */
export const askOnce = <Row extends pg.QueryResultRow>(url: string, text: string): Promise<readonly Row[]> =>
  withClient(url, async (client) => (await client.query<Row>(text)).rows);
