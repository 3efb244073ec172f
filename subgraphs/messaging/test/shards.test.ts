import { type Database, openDatabase } from '@plaza/db/database';
import { countingStatements } from '@plaza/db/statements';
import { newId } from '@plaza/kernel/id';
import { fromTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveBucket } from '../src/server.js';
import { bucketOf } from '../src/shards/bucket.js';
import { BucketCopyStore, SHARD_TABLES } from '../src/shards/bucket-copy.store.js';
import { BucketMoverStore, OvertakenError } from '../src/shards/bucket-mover.store.js';
import { BucketMoveService } from '../src/shards/bucket-move.service.js';
import { type Place, ShardMapStore } from '../src/shards/shard-map.store.js';
import { Shards } from '../src/shards/shards.js';
import { MessagingUnderTest } from './messaging-under-test.js';

let chat: MessagingUnderTest;
beforeAll(async () => {
  chat = await MessagingUnderTest.start({ shards: 1 });
});
const opened: Database<unknown>[] = [];
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await chat.stop();
});

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
    const movers = new BucketMoverStore();
    const mover = await movers.begin(chat.database, bucket);
    await movers.enter(mover, chat.shards[0]!);
    await new BucketCopyStore().round(mover, chat.database, chat.shards[0]!, async () => {});
    await chat.database.transaction(async (tx) => ShardMapStore.give(tx, { bucket, shard: 1, generation: 1 }));
    expect((await chat.says(chen, id, 'there'))['message'].seq).toBe(2);
    expect(await chat.texts(binh, id)).toEqual(['1 here', '2 there']);
    expect(await lyingOn(id)).toEqual([1, 2]);
    // Started again, it takes away what it had left.
    expect(await moveBucket(chat.urls, uuidOf(id), 1)).toEqual({ kind: 'isThere' });
    expect(await lyingOn(id)).toEqual([0, 2]);
  });

  it('is where it was given to although its mover was stopped before it could say so, also for the next mover', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    await chat.says(binh, id, 'here');
    const dies = (): never => {
      throw new Error('killed');
    };
    await expect(moverOf(chat.shards[0]!, new StoppingMap({ before: dies })).move(bucketOf(uuidOf(id)), 1)).rejects.toThrow('killed');
    expect(await moveBucket(chat.urls, uuidOf(id), 1)).toEqual({ kind: 'isThere' });
    expect((await chat.says(chen, id, 'there'))['message'].seq).toBe(2);
    expect(await lyingOn(id)).toEqual([0, 2]);
  });

  it.each<readonly [string, (stop: Stop) => BucketMoveService, number, readonly number[]]>([
    ['writes what it has read', (stop) => moverOf(stoppedBefore(stop, chat.shards[0]!), new ShardMapStore(chat.database)), 1, [0, 2]],
    ['takes away what it has left', (stop) => moverOf(chat.shards[0]!, new StoppingMap({ after: () => stop.pass() })), 0, [2, 0]],
  ])('is the next one’s where its mover stands still before it %s, for longer than anybody waits', async (_what, mover, shard, lying) => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    await chat.says(binh, id, 'before');
    const stop = new Stop();
    const moving = mover(stop).move(bucketOf(uuidOf(id)), 1);
    const end = moving.then(
      () => 'moved',
      () => 'refused',
    );
    await stop.reached;
    expect(await moveBucket(chat.urls, uuidOf(id), shard)).toMatchObject({ kind: 'moved' });
    await chat.says(chen, id, 'after');
    stop.goOn();
    expect(await end).toBe('refused');
    expect(await chat.texts(binh, id)).toEqual(['1 before', '2 after']);
    expect(await lyingOn(id)).toEqual(lying);
  });

  it('is neither written nor taken away for a mover that another has come after', async () => {
    const [binh, chen] = [newId(), newId()];
    const id = await chat.starts(binh, [chen]);
    await chat.says(binh, id, 'here');
    const [movers, copies, shard] = [new BucketMoverStore(), new BucketCopyStore(), chat.shards[0]!];
    const before = await movers.begin(chat.database, bucketOf(uuidOf(id)));
    await movers.enter(before, shard);
    const now = await movers.begin(chat.database, before.bucket);
    await movers.enter(now, shard);
    await expect(copies.clear(before, chat.database, async () => {})).rejects.toThrow(OvertakenError);
    await expect(copies.round(before, chat.database, shard, async () => {})).rejects.toThrow(OvertakenError);
    await expect(movers.enter(before, shard)).rejects.toThrow(OvertakenError);
    expect(await lyingOn(id)).toEqual([1, 0]);
    expect(await copies.round(now, chat.database, shard, async () => {})).toBe(1);
    expect(await lyingOn(id)).toEqual([1, 1]);
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

/** So long the database waits for a mover of {@link moverOf}. */
const IDLE_MS = 1_500;

/** A mover by a home that has less patience with it. */
function moverOf(other: Database<unknown>, map: ShardMapStore): BucketMoveService {
  const home = openDatabase({ url: chat.urls[0] ?? '', idleMs: IDLE_MS, prisma: () => ({ $disconnect: async () => {} }) });
  opened.push(home);
  return new BucketMoveService(home, new Shards([home, other], map));
}

/** A shard whose mover stands still before each transaction there. */
const stoppedBefore = (stop: Stop, shard: Database<unknown>): Database<unknown> => ({
  ...shard,
  transaction: async (work) => {
    await stop.pass();
    return shard.transaction(work);
  },
});

/** Where a mover stands still from when it comes there until it is told to go on. */
class Stop {
  #come: () => void = () => {};
  goOn: () => void = () => {};
  readonly reached = new Promise<void>((resolve) => {
    this.#come = resolve;
  });
  readonly #over = new Promise<void>((resolve) => {
    this.goOn = resolve;
  });

  pass(): Promise<void> {
    this.#come();
    return this.#over;
  }
}

/** A map that stops whoever has put a place into it, or before. */
class StoppingMap extends ShardMapStore {
  readonly #after: () => Promise<void>;
  readonly #before: () => void;

  constructor({ before = () => {}, after = async () => {} }: { readonly before?: () => void; readonly after?: () => Promise<void> }) {
    super(chat.database);
    this.#before = before;
    this.#after = after;
  }

  override async put(place: Place): Promise<void> {
    this.#before();
    await super.put(place);
    await this.#after();
  }
}

/** Tables that name conversations and lie where people are at home. */
const AT_HOME = new Set(['conversation_member', 'delivery', 'hidden_message', 'inbox_entry', 'uncounted_message']);
