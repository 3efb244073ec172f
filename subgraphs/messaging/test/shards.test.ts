import { countingStatements } from '@plaza/db/statements';
import { newId } from '@plaza/kernel/id';
import { fromTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveBucket } from '../src/server.js';
import { bucketOf } from '../src/shards/bucket.js';
import { BucketCopyStore, SHARD_TABLES } from '../src/shards/bucket-copy.store.js';
import { ShardMapStore } from '../src/shards/shard-map.store.js';
import { MessagingUnderTest } from './messaging-under-test.js';

let chat: MessagingUnderTest;
beforeAll(async () => {
  chat = await MessagingUnderTest.start({ shards: 1 });
});
afterAll(() => chat.stop());

const uuidOf = (id: string): string => fromTypeId('conversation', id) ?? '';
/** How many messages of a conversation lie on the home and on the other shard. */
const lyingOn = async (id: string): Promise<readonly number[]> =>
  Promise.all(
    [chat.database, ...chat.shards].map(
      async ({ sql }) => (await sql<{ count: number }>`SELECT count(*) FROM message WHERE conversation_id = ${uuidOf(id)}`)[0]?.count ?? 0,
    ),
  );

describe('a bucket that moves to another shard', () => {
  it('loses, doubles and reorders nothing while two write into it, there and back', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    const listener = await chat.listens(chen);
    const acknowledged: string[] = [];
    let isOpen = true;
    const writers = Array.from({ length: 2 }, async (_, writer) => {
      for (let n = 0; isOpen || n < 3; n += 1) {
        const text = `${writer}-${n}`;
        const said = await chat.says(writer % 2 === 0 ? binh : chen, id, text);
        acknowledged.push(`${said['message'].seq} ${text}`);
      }
    });
    for (const shard of [1, 0]) {
      const before = acknowledged.length;
      expect(await moveBucket(chat.urls, uuidOf(id), shard)).toMatchObject({ kind: 'moved' });
      while (acknowledged.length < before + 3) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    isOpen = false;
    await Promise.all(writers);
    const inOrder = acknowledged.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
    expect(inOrder.map((line) => Number.parseInt(line, 10))).toEqual(inOrder.map((_, n) => n + 1));
    await listener.until(() => listener.messages.length >= inOrder.length);
    await listener.leave();
    expect(listener.messages).toEqual(inOrder);
    expect(await lyingOn(id)).toEqual([inOrder.length, 0]);
    expect((await chat.texts(binh, id)).at(-1)).toBe(inOrder.at(-1));
    const own = acknowledged.filter((line) => ['1'].includes(line.split(' ')[1]?.charAt(0) ?? '')).length;
    expect(await chat.me(chen, 'unreadMessageCount')).toEqual({ unreadMessageCount: inOrder.length - own });
    expect(await chat.me(binh, 'unreadMessageCount')).toEqual({ unreadMessageCount: own });
  }, 120_000);

  it('is found where it has gone although its mover was stopped before it could say so', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    await chat.says(binh, id, 'here');
    const bucket = bucketOf(uuidOf(id));
    // As if the mover had been stopped after it left the note on the old shard.
    await new BucketCopyStore().round(bucket, chat.database, chat.shards[0]!);
    await chat.database.transaction(async (tx) => ShardMapStore.give(tx, { bucket, shard: 1, generation: 1 }));
    expect((await chat.says(chen, id, 'there'))['message'].seq).toBe(2);
    expect(await chat.texts(binh, id)).toEqual(['1 here', '2 there']);
    expect(await lyingOn(id)).toEqual([1, 2]);
    // Started again, it takes away what it had left.
    expect(await moveBucket(chat.urls, uuidOf(id), 1)).toEqual({ kind: 'isThere' });
    expect(await lyingOn(id)).toEqual([0, 2]);
  });

  it('leaves the others where they are', async () => {
    const binh = newId();
    const ids = await Promise.all(Array.from({ length: 6 }, () => chat.starts(binh, [newId()])));
    for (const id of ids) await chat.says(binh, id, 'hello');
    const moved = ids.slice(0, 2);
    for (const id of moved) await moveBucket(chat.urls, uuidOf(id), 1);
    const buckets = new Set(moved.map((id) => bucketOf(uuidOf(id))));
    for (const id of ids) {
      const isMoved = buckets.has(bucketOf(uuidOf(id)));
      expect(await lyingOn(id)).toEqual(isMoved ? [0, 1] : [1, 0]);
      expect(await chat.texts(binh, id)).toEqual(['1 hello']);
    }
    const listed = await chat.me(binh, 'conversations { edges { node { id lastMessage { text } } } }');
    expect(listed['conversations'].edges).toHaveLength(6);
  });

  it('takes everything with it that hangs below a conversation', async () => {
    const tables = await chat.database.sql<{ name: string }>`
      SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'conversation_id' ORDER BY 1`;
    expect(tables.map(({ name }) => name).filter((name) => !AT_HOME.has(name))).toEqual([...SHARD_TABLES].toSorted());
  });

  it('is asked alone for one of its conversations', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    await chat.says(binh, id, 'hello');
    const statements = async () => (await countingStatements(async () => chat.texts(chen, id))).statements;
    const before = await statements();
    await moveBucket(chat.urls, uuidOf(id), 1);
    await chat.texts(chen, id);
    // Were both asked, there would be more; the map costs the same wherever it is.
    expect(await statements()).toBe(before);
  });
});

/** Tables that name conversations and lie where people are at home. */
const AT_HOME = new Set(['conversation_member', 'delivery', 'hidden_message', 'inbox_entry', 'uncounted_message']);
