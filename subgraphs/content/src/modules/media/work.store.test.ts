import { openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { PrismaClient } from '@plaza/prisma/content';
import { PrismaPg } from '@prisma/adapter-pg';
import { createDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClaimedJob, WorkStore } from './work.store.js';

const databases = await createDatabases(['content']);
const database = openDatabase({ url: databases.urls.content, prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }) });
const store = new WorkStore(database);
afterAll(async () => {
  await database.close();
  await databases.drop();
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 22) + seconds * 1_000);
const made = {
  kind: 'made' as const,
  width: 8,
  height: 6,
  blurhash: null,
  durationMs: null,
  hls: null,
  variants: [],
  address: 'a',
  objects: [],
};

describe('work that somebody else has taken on, because nothing was heard of its worker', () => {
  const mediaId = newId();
  let before: ClaimedJob;
  let now: ClaimedJob;

  beforeAll(async () => {
    await database.sql`
      INSERT INTO media (id, owner_id, kind, status, source_sha, created_at) VALUES (${mediaId}, ${newId()}, 'VIDEO', 'QUEUED', 's', ${at(0)})`;
    await database.sql`INSERT INTO media_job (media_id, kind, created_at) VALUES (${mediaId}, 'VIDEO', ${at(0)})`;
    before = await claimed(0, 8);
    now = await claimed(9, 17);
    await store.progress(now, 10);
  });

  const claimed = async (from: number, until: number): Promise<ClaimedJob> => {
    const job = await store.claim('VIDEO', newId(), at(from), at(until));
    if (job === null) throw new Error('it is not to be had');
    return job;
  };
  const state = async (): Promise<unknown> =>
    (
      await database.sql`
        SELECT status, progress, width, claim, claimed_until AS until, attempts FROM media JOIN media_job ON media_id = id WHERE id = ${mediaId}`
    )[0];

  it.each<readonly [string, (job: ClaimedJob) => Promise<unknown>]>([
    ['said to go on', (job) => store.renew(job, at(60))],
    ['given back', (job) => store.release(job, null, true)],
    ['told how far it is', (job) => store.progress(job, 90)],
    ['told what it knows', (job) => store.known(job, { width: 1, height: 1, blurhash: null, durationMs: null })],
    ['failed', (job) => store.failed(job, 'PROCESSING_FAILED', at(10))],
    ['done', (job) => store.ready(job, made, at(10), async () => expect.unreachable())],
  ])('is not %s by that worker', async (_what, write) => {
    await write(before);
    expect(await state()).toEqual({ status: 'PROCESSING', progress: 10, width: null, claim: now.claim, until: at(17), attempts: 2 });
  });

  it('is nobody else’s while its time is not over', async () => {
    expect(await store.claim('VIDEO', newId(), at(17), at(30))).toBeNull();
  });

  it('is done by the one who has it', async () => {
    expect(await store.ready(now, made, at(10), async () => undefined)).toBe(true);
    expect(await store.isOpen(mediaId)).toBe(false);
  });
});
