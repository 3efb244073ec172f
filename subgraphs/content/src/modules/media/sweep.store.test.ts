import { type Database, openDatabase } from '@plaza/db/database';
import { lock } from '@plaza/db/lock';
import { PrismaClient } from '@plaza/prisma/content';
import { PrismaPg } from '@prisma/adapter-pg';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SweepStore } from './sweep.store.js';

let databases: TestDatabases<'content'>;
let database: Database<PrismaClient>;
beforeAll(async () => {
  databases = await createDatabases(['content']);
  const prisma = (pool: ConstructorParameters<typeof PrismaPg>[0]) => new PrismaClient({ adapter: new PrismaPg(pool) });
  database = openDatabase({ url: databases.urls.content, idleMs: 1_500, prisma });
});
afterAll(async () => {
  await database.close();
  await databases.drop();
});

it('sweeps no further once a sweeper stood still for so long that others may come to have the address', async () => {
  const removed: string[] = [];
  const sweeping = new SweepStore(database).withoutRow('abc', async (stillHolds) => {
    await stillHolds();
    removed.push('abc/one.webp');
    // Somebody puts the same photo there as soon as they may.
    await database.transaction((tx) => lock(tx, 'media address abc'));
    await stillHolds();
    removed.push('abc/two.webp');
  });
  await expect(sweeping).rejects.toThrow();
  expect(removed).toEqual(['abc/one.webp']);
});
