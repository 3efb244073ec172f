import { Client } from 'pg';
import { afterAll, expect, inject } from 'vitest';

/**
 * Set-up of every situation. Two run at once where both only wait for states; one that looks at the clock, or at what the machine does, has the
 * machine to itself. Whoever is not named here does.
 */
const BESIDE_OTHERS =
  /\/e2e\/(?:apps|bad-input|chat|crash|dead-subgraph|fresh|hostile|http-protocol|lifecycle|likes|live|live-feed|live-transport|mail|matrix|notifications|paging|search|shop|smoke|statements|trends)\//u;

/** Of an advisory lock in the test run's PostgreSQL, which the end of the worker lets go of, however it ends. */
const KEY = 712_002;

const turn = new Client({ connectionString: inject('postgresUrl') });
turn.on('error', () => undefined);
await turn.connect();
// Waiting here and not in a hook: how long the others take is no time of this file's.
const lock = BESIDE_OTHERS.test(file()) ? 'pg_advisory_lock_shared' : 'pg_advisory_lock';
await turn.query(`SELECT ${lock}($1)`, [KEY]);
afterAll(() => turn.end());

function file(): string {
  const { testPath } = expect.getState();
  if (testPath === undefined) throw new Error('no test file');
  return testPath;
}
