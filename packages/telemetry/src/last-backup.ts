import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LookedUp } from './looked-up.js';

const backups = new LookedUp({ plaza_backup_timestamp_seconds: 'When the last backup of the data folder was made (Unix time).' }, []);

/** Tells when a data folder was last saved, once it was: `npm run backup` notes it there. Returns what ends it. */
export function watchBackups(dataDir: string): () => void {
  return backups.add(async () => {
    const at = /"at":"([^"]+)"/u.exec(await readFile(join(dataDir, 'last-backup.json'), 'utf8'))?.[1] ?? '';
    return [{ name: 'plaza_backup_timestamp_seconds', labels: {}, value: Date.parse(at) / 1000 }];
  });
}
