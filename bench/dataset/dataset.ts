import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withClient } from '@plaza/db/with-client';
import type { DatabaseUrls } from '@plaza/embedded/databases';
import type { Progress } from '@plaza/telemetry/progress';
import type { Size } from '../options.js';
import { tablesOf } from './tables.js';

/** Raised when what is loaded changes: folders of before are made anew. */
const VERSION = 3;
const STAMP = 'dataset.json';

/** Whether a folder holds the dataset of this size. What holds another one is emptied. */
export async function isLoaded(dir: string, size: Size): Promise<boolean> {
  const stamp = await readFile(join(dir, STAMP), 'utf8').catch(() => '');
  if (stamp === stampOf(size)) return true;
  await rm(dir, { recursive: true, force: true });
  return false;
}

/** Fills empty, migrated databases. Some 40 s at scale 1 on two cores. */
export async function loadDataset(urls: DatabaseUrls, size: Size, progress: Progress): Promise<void> {
  await progress(`Making ${size.users} people, ${size.posts} posts, about ${size.follows} follows`, async (at) => {
    const tables = tablesOf(size);
    const load = async (name: keyof typeof tables): Promise<void> => {
      await withClient(urls[name], async (client) => {
        await client.query(`SET synchronous_commit = off; SET work_mem = '128MB'; SET maintenance_work_mem = '256MB'`);
        for (const statement of tables[name]) await client.query(statement);
        await client.query('VACUUM ANALYZE');
      });
      at(name);
    };
    await Promise.all([load('feed'), load('content').then(() => load('accounts')), load('social')]);
  });
}

/** From now on the folder holds the dataset. */
export const markLoaded = async (dir: string, size: Size): Promise<void> => writeFile(join(dir, STAMP), stampOf(size));

/** By its numbers: what is wide has others. */
const stampOf = ({ scale, users, posts, follows, pushMaxFollowers }: Size): string =>
  `${JSON.stringify({ version: VERSION, scale, users, posts, follows, pushMaxFollowers })}\n`;
