import { type Database, openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { PrismaClient } from '@plaza/prisma/content';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostRow } from './post.row.js';
import { PostStore } from './post.store.js';

let databases: TestDatabases<'content'>;
let database: Database<PrismaClient>;
let store: PostStore;

beforeAll(async () => {
  databases = await createDatabases(['content']);
  database = openDatabase({ url: databases.urls.content, prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }) });
  store = new PostStore(database);
});
afterAll(async () => {
  await database.close();
  await databases.drop();
});

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));

/** A post that was deleted at a minute. */
async function deletedAt(minute: number): Promise<string> {
  const post: PostRow = {
    id: newId(),
    authorId: newId(),
    revision: 1,
    text: 'x',
    entities: [],
    audience: 'PUBLIC',
    contentWarning: null,
    isSensitive: false,
    language: null,
    mediaIds: [],
    productIds: [],
    createdAt: at(0),
    editedAt: null,
  };
  await database.transaction((tx) => store.insert(tx, post));
  await database.transaction((tx) => store.delete(tx, post.id, at(minute)));
  return post.id;
}

const isKept = async (id: string) => (await store.deletedById(id)) !== null;

describe('purging', () => {
  it('removes what was deleted long enough ago, with its versions, the oldest first', async () => {
    const [old, older, young] = [await deletedAt(2), await deletedAt(1), await deletedAt(30)];
    expect(await store.purge(at(20), 1)).toBe(1);
    expect([await isKept(old), await isKept(older)]).toEqual([true, false]);
    expect(await store.purge(at(20), 10)).toBe(1);
    expect([await isKept(old), await isKept(young)]).toEqual([false, true]);
    expect(await database.sql`SELECT 1 FROM post_revision WHERE post_id = ANY(${[old, older]}::uuid[])`).toEqual([]);
    expect(await store.purge(at(20), 10)).toBe(0);
  });

  it('passes over what somebody restores just now, and does not wait for them', async () => {
    const id = await deletedAt(3);
    await database.transaction(async (tx) => {
      expect(await store.restore(tx, id, at(0))).toBe(true);
      expect(await store.purge(at(20), 10)).toBe(0);
    });
    expect(await store.byIds([id])).toHaveLength(1);
  });
});

describe('the tables', () => {
  it('hold no content warning without covered media', async () => {
    const id = await deletedAt(40);
    await expect(database.sql`UPDATE post SET content_warning = 'x' WHERE id = ${id}`).rejects.toThrow('post_warning_is_sensitive');
    await expect(database.sql`UPDATE post SET audience = 'FRIENDS' WHERE id = ${id}`).rejects.toThrow('post_audience_check');
  });
});
