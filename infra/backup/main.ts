/** `npm run backup` and `npm run restore`: see HELP. */
import { parseArgs } from 'node:util';
import { readConfig } from '@plaza/embedded/config';
import { FolderInUseError } from '@plaza/postgres/postgres.lock';
import { printed } from '@plaza/telemetry/progress';
import { backup } from './backup.js';
import { BackupError, type Counts } from './manifest.js';
import { restore } from './restore.js';

const HELP = `Usage: npm run backup -- --to <folder> [--key <file>] [--postgres <address>] [--unchecked]
       npm run restore -- --from <folder> --data-dir <folder> [--key <file>]

backup copies the Plaza in PLAZA_DATA_DIR (.plaza), whether it runs or not: all databases as they were at one moment, with the log between them, every
photo and video that they name (of the bucket too, where S3_ENDPOINT is set), and the secrets, sealed. Then it restores a copy beside, counts every
table in it, and throws it away: a backup that is written has been restored once.
restore makes a data folder of it, compares counts and hashes with those of the backup, and leaves nothing behind where they are not the same.

  --to <folder>         made by this command, for this user only
  --key <file>          opens the secrets; made at the first backup (<folder>.key). Keep it elsewhere than the backup
  --postgres <address>  a server outside of the data folder, as a role with REPLICATION: postgresql://…
  --unchecked           no copy is restored and counted, as where the databases are very large
  --from <folder>       a backup
  --data-dir <folder>   empty, or not there yet
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      to: { type: 'string' },
      from: { type: 'string' },
      'data-dir': { type: 'string' },
      key: { type: 'string' },
      postgres: { type: 'string' },
      unchecked: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [command] = positionals;
  const { to, from, 'data-dir': dataDir, key, unchecked } = values;
  const progress = printed(process.stdout);
  if (values.help !== true && command === 'backup' && to !== undefined) {
    const keyFile = key ?? keyBeside(to);
    const given = { dataDir: readConfig(process.env).dataDir, to, keyFile, postgresUrl: values.postgres, isChecked: !unchecked, progress };
    const { databases, objects, postgres } = await backup(given);
    say(`Saved as of ${postgres.end} of the log: ${told(databases)}, ${String(objects.count)} objects. The key of its secrets: ${keyFile}`);
    return 0;
  }
  if (values.help !== true && command === 'restore' && from !== undefined && dataDir !== undefined) {
    const { databases, objects, manifest } = await restore({ from, dataDir, keyFile: key ?? keyBeside(from), progress });
    const same = manifest.databases === null ? 'was not counted when it was saved' : 'is the same as when it was saved';
    say(`Restored: ${told(databases)}, ${String(objects)} objects; all of it ${same}. Start it: PLAZA_DATA_DIR=${dataDir} npm start`);
    return 0;
  }
  (values.help === true ? process.stdout : process.stderr).write(HELP);
  return values.help === true ? 0 : 2;
}

const say = (line: string): void => void process.stdout.write(`\n  ${line}\n`);
const keyBeside = (folder: string): string => `${folder.replace(/\/+$/u, '')}.key`;

function told(databases: Counts | null): string {
  if (databases === null) return 'databases that nobody has counted';
  const rows = Object.values(databases).flatMap((tables) => Object.values(tables).map((table) => table.rows));
  return `${String(Object.keys(databases).length)} databases with ${String(rows.reduce((sum, count) => sum + count, 0))} rows in ${String(rows.length)} tables`;
}

try {
  process.exitCode = await main();
} catch (cause) {
  const isExpected = cause instanceof BackupError || cause instanceof FolderInUseError;
  process.stderr.write(`${cause instanceof Error ? ((isExpected ? undefined : cause.stack) ?? cause.message) : String(cause)}\n`);
  process.exitCode = 1;
}
