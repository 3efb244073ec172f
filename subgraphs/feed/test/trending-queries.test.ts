import { createHash, createHmac } from 'node:crypto';
import { openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { QueryService } from '../src/modules/trend/query.service.js';
import { QueryStore } from '../src/modules/trend/query.store.js';

let databases: TestDatabases<'feed'>;
let database: ReturnType<typeof open>;
let service: QueryService;
let now: Date;

const open = (url: string) => openDatabase({ url, prisma: () => Object.assign(Object.create(null), { $disconnect: async () => {} }) });
const secret = new Uint8Array(32).fill(7);
const start = (): QueryService => new QueryService(database, new QueryStore(database), secret, { now: () => now });

beforeAll(async () => {
  databases = await createDatabases(['feed']);
  database = open(databases.urls.feed);
});
afterAll(async () => {
  await database.close();
  await databases.drop();
});
beforeEach(async () => {
  await database.sql`TRUNCATE query_salt, query_use, trending_query`;
  now = new Date('2026-11-01T12:00:00Z');
  service = start();
});

const people = (count: number): readonly string[] => Array.from({ length: count }, newId);
const search = async (who: readonly string[], text: string): Promise<void> => {
  for (const viewer of who) await service.record(viewer, text);
};
/** Everything that the tables hold, as one text. */
async function everything(): Promise<string> {
  const tables = [
    await database.sql`SELECT * FROM query_salt`,
    await database.sql`SELECT * FROM query_use`,
    await database.sql`SELECT * FROM trending_query`,
  ];
  return JSON.stringify(tables, (_key, value: unknown) =>
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'Buffer' &&
    'data' in value &&
    Array.isArray(value.data)
      ? Buffer.from(value.data).toString('hex')
      : value,
  );
}

it('shows what five different people searched for, and nothing that four did', async () => {
  await search(people(4), 'pho bo');
  await search(people(5), 'Hồ  Tây');
  expect(await service.trending(10)).toEqual([{ text: 'hồ tây', people: 5 }]);
  await search(people(1), 'PHO BO');
  await search(people(2), 'hồ tây');
  expect(await service.trending(10)).toEqual([
    { text: 'hồ tây', people: 7 },
    { text: 'pho bo', people: 5 },
  ]);
});

it('counts a person once, and guests not at all', async () => {
  const [anna = ''] = people(1);
  await search([anna, anna, anna, anna, anna, anna], 'me me me');
  for (let n = 0; n < 9; n += 1) await service.record(null, 'me me me');
  await search(people(3), 'me me me');
  expect(await service.trending(10)).toEqual([]);
  await search(people(1), 'me me me');
  expect(await service.trending(10)).toEqual([{ text: 'me me me', people: 5 }]);
});

it('counts people who search at the same moment', async () => {
  await Promise.all(people(20).map((viewer) => service.record(viewer, 'storm')));
  expect(await service.trending(10)).toEqual([{ text: 'storm', people: 20 }]);
});

it('keeps neither words nor persons below five, nor anything that two searches of one person have in common', async () => {
  const [anna = ''] = people(1);
  await service.record(anna, 'a rare disease');
  await service.record(anna, 'a rare lawyer');
  const kept = await everything();
  for (const word of ['rare', 'disease', anna, anna.replaceAll('-', '')]) expect(kept).not.toContain(word);
  for (const text of ['a rare disease', anna]) {
    expect(kept).not.toContain(createHash('sha256').update(text).digest('hex').slice(0, 32));
    expect(kept).not.toContain(createHmac('sha256', secret).update(text).digest('hex').slice(0, 32));
  }
  const uses = await database.sql<{ searcher: Uint8Array }>`SELECT searcher FROM query_use`;
  expect(new Set(uses.map(({ searcher }) => Buffer.from(searcher).toString('hex'))).size).toBe(2);
});

it('forgets a day with its salt, and the words two days later', async () => {
  await search(people(6), 'storm');
  now = new Date('2026-11-02T00:10:00Z');
  service = start();
  await service.prune();
  expect(await database.sql`SELECT (SELECT count(*)::int FROM query_salt) AS salts, (SELECT count(*)::int FROM query_use) AS uses`).toEqual(
    [{ salts: 0, uses: 0 }],
  );
  // Twelve hours later 25 is 25 / 8.
  expect(await service.trending(10)).toEqual([{ text: 'storm', people: 6 }]);
  await search(people(4), 'storm');
  expect(await service.trending(10)).toEqual([{ text: 'storm', people: 6 }]);
  now = new Date('2026-11-04T00:10:00Z');
  await service.prune();
  expect(await database.sql`SELECT text FROM trending_query`).toEqual([]);
});

it('is one count for two processes', async () => {
  const other = start();
  await Promise.all(people(6).map((viewer, n) => (n % 2 === 0 ? service : other).record(viewer, 'both')));
  expect(await other.trending(10)).toEqual([{ text: 'both', people: 6 }]);
});
