import type { Database, Tx } from '@plaza/db/database';
import { BucketMoverStore, type Mover } from './bucket-mover.store.js';

/** What hangs below a conversation on its shard: every table there whose rows name a conversation. They move with it. */
export const SHARD_TABLES = [
  'member',
  'message',
  'message_revision',
  'reaction',
  'join_link',
  'join_request',
  'conversation_change',
] as const;

type Sql = Pick<Database<unknown>, 'sql'>;

/** A statement in which a table's name stands; `?` is a bound value. Made once a table, as statements are prepared by their text. */
function statement(text: string): TemplateStringsArray {
  const parts = text.split('?');
  return Object.assign(parts, { raw: parts });
}

const STATEMENTS = new Map(
  SHARD_TABLES.map((table) => [
    table,
    {
      read: statement(`SELECT to_jsonb(t) AS row FROM ${table} AS t WHERE conversation_id = ANY(?::uuid[])`),
      clear: statement(`DELETE FROM ${table} WHERE conversation_id = ANY(?::uuid[])`),
      write: statement(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, ?::jsonb)`),
    },
  ]),
);

/** Conversations that are copied at a time. */
const BATCH = 50;

/** Copies the conversations of a bucket from one shard to another, for a mover that has entered both. */
export class BucketCopyStore {
  readonly #movers = new BucketMoverStore();

  /**
   * Copies what is other there, or not there at all; how many conversations that were. What changes meanwhile is left to the next round. `goesOn` is
   * called before each step.
   */
  async round(mover: Mover, from: Sql, to: Database<unknown>, goesOn: () => Promise<void>): Promise<number> {
    const { bucket } = mover;
    const known = new Map((await versions(bucket, to)).map(({ id, version }) => [id, version]));
    const other = (await versions(bucket, from)).filter(({ id, version }) => known.get(id) !== version).map(({ id }) => id);
    for (let start = 0; start < other.length; start += BATCH) {
      await goesOn();
      await this.#copy(mover, other.slice(start, start + BATCH), from, to);
    }
    return other.length;
  }

  /** Takes a bucket's conversations away from a shard that it has left. */
  async clear(mover: Mover, shard: Database<unknown>, goesOn: () => Promise<void>): Promise<void> {
    const ids = (await versions(mover.bucket, shard)).map(({ id }) => id);
    for (let start = 0; start < ids.length; start += BATCH) {
      await goesOn();
      await shard.transaction(async (tx) => {
        await this.#movers.hold(tx, mover);
        await clearRows(tx, ids.slice(start, start + BATCH));
      });
    }
  }

  async #copy(mover: Mover, ids: readonly string[], from: Sql, to: Database<unknown>): Promise<void> {
    // First: its version is then never newer than what hangs below it.
    const conversations = await from.sql<{ row: unknown }>`SELECT to_jsonb(t) AS row FROM conversation AS t WHERE id = ANY(${ids}::uuid[])`;
    const below = new Map<string, readonly unknown[]>();
    for (const [table, { read }] of STATEMENTS)
      below.set(
        table,
        (await from.sql<{ row: unknown }>(read, ids)).map(({ row }) => row),
      );
    await to.transaction(async (tx) => {
      await this.#movers.hold(tx, mover);
      await clearRows(tx, ids);
      await tx.sql`
        INSERT INTO conversation SELECT * FROM jsonb_populate_recordset(NULL::conversation, ${JSON.stringify(conversations.map(({ row }) => row))}::jsonb)`;
      for (const [table, { write }] of STATEMENTS) await tx.sql(write, JSON.stringify(below.get(table)));
    });
  }
}

async function versions(bucket: number, { sql }: Sql): Promise<readonly { readonly id: string; readonly version: number }[]> {
  return sql<{ id: string; version: number }>`SELECT id, last_change AS version FROM conversation WHERE bucket = ${bucket} ORDER BY id`;
}

async function clearRows(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const { clear } of STATEMENTS.values()) await tx.sql(clear, ids);
  await tx.sql`DELETE FROM conversation WHERE id = ANY(${ids}::uuid[])`;
}
