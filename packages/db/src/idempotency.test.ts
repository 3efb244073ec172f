import { newId } from '@plaza/kernel/id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from './database.js';
import { type Claim, claimKey, forgetOldKeys } from './idempotency.js';

let databases: TestDatabases<'content'>;
let database: Database<unknown>;

beforeAll(async () => {
  databases = await createDatabases(['content']);
  database = openDatabase({ url: databases.urls.content, prisma: () => ({ $disconnect: async () => {} }) });
});

afterAll(async () => {
  await database.close();
  await databases.drop();
});

const viewerId = newId();
const claim = (key: string, input: unknown, resultId = newId(), more = {}): Promise<Claim> =>
  database.transaction((tx) => claimKey(tx, { viewerId, mutation: 'publishPost', key, input, ...more }, resultId));

describe('an idempotency key', () => {
  it('brings what came of it the first time, whatever the order of the input’s fields', async () => {
    const first = newId();
    expect(await claim('same', { text: 'hi', audience: 'PUBLIC' }, first)).toEqual({ kind: 'first' });
    expect(await claim('same', { audience: 'PUBLIC', text: 'hi' })).toEqual({ kind: 'repeat', resultId: first });
  });

  it('is refused for something else', async () => {
    await claim('other', { text: 'hi' });
    expect(await claim('other', { text: 'ho' })).toEqual({ kind: 'conflict' });
  });

  it('is a new one for another viewer and another mutation', async () => {
    await claim('mine', {});
    expect(await claim('mine', {}, newId(), { viewerId: newId() })).toEqual({ kind: 'first' });
    expect(await claim('mine', {}, newId(), { mutation: 'addComment' })).toEqual({ kind: 'first' });
  });

  it('lets one of many at the same moment be the first', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim('race', { text: 'hi' })));
    const repeats = claims.flatMap((one) => (one.kind === 'repeat' ? [one.resultId] : []));

    expect(repeats).toHaveLength(7);
    expect(new Set(repeats).size).toBe(1);
  });

  it('is free again when its transaction was undone', async () => {
    const undone = database.transaction(async (tx) => {
      await claimKey(tx, { viewerId, mutation: 'publishPost', key: 'undone', input: {} }, newId());
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');

    expect(await claim('undone', { text: 'another' })).toEqual({ kind: 'first' });
  });

  it('is forgotten after a day', async () => {
    await claim('old', { text: 'hi' });
    await claim('older', { text: 'hi' });
    await database.sql`UPDATE idempotency SET created_at = now() - interval '25 hours' WHERE key IN ('old', 'older')`;
    expect(await claim('old', { text: 'ho' })).toEqual({ kind: 'first' });
    await forgetOldKeys(database);

    expect(await database.sql`SELECT 1 FROM idempotency WHERE key = 'older'`).toEqual([]);
  });
});
