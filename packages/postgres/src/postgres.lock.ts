import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

const KEY = 712_001;
/** PostgreSQL needs a moment to see that a killed holder is gone. */
const PATIENCE_MS = 1500;

/** The data folder belongs to another Plaza that runs. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

/**
 * The lock of a data folder: a session lock in its PostgreSQL, let go of when its holder dies, however it dies.
 * @returns the session that holds it; it stays open as long as the folder is held.
 * @throws FolderInUseError when another process holds it.
 */
export async function lockFolder(url: string, dataDir: string): Promise<Client> {
  const session = new Client({ connectionString: url, application_name: 'plaza-lock' });
  session.on('error', () => undefined); // PostgreSQL ends it when it stops
  await session.connect();
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const { rows } = await session.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [KEY]);
    if (rows[0]?.free === true) return session;
    if (Date.now() > until) break;
    await pause(100);
  }
  await session.end();
  throw new FolderInUseError(`${dataDir} is in use by a running Plaza`);
}
