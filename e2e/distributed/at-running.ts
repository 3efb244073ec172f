import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Running, running } from '@plaza/distributed/control';
import { readConfig } from '@plaza/embedded/config';

/**
 * Runs a check against the Plaza that `npm run start:distributed` runs in PLAZA_DATA_DIR, trusting its certificate: in a process of its own, because
 * Node reads whom to trust when it starts. Sets the exit code, and ends the process: sockets that are left open would hold it.
 */
export async function atRunningPlaza(check: (plaza: Running) => Promise<number>): Promise<never> {
  try {
    process.exitCode = await checked(check);
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
    process.exitCode = 1;
  }
  return process.exit();
}

async function checked(check: (plaza: Running) => Promise<number>): Promise<number> {
  const plaza = await running(join(readConfig(process.env).dataDir, 'distributed'));
  if (plaza === undefined) throw new Error('no Plaza runs there: npm run start:distributed');
  if (process.env['NODE_EXTRA_CA_CERTS'] === plaza.trust) return check(plaza);
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: plaza.trust };
  return spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { env, stdio: 'inherit' }).status ?? 1;
}
