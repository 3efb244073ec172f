import type { Database, Tx } from '@plaza/db/database';
import { lock } from '@plaza/db/lock';
import type { QueryDay } from './query.policy.js';

/** A search and who searched, as hashes of one day. */
export interface HashedUse {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly query: Uint8Array;
  readonly searcher: Uint8Array;
}

/** At most so many texts of a day are ranked. */
const MOST = 200;

export class QueryStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The day's salt; `fresh` becomes it when there is none yet. */
  async salt(day: string, fresh: Uint8Array): Promise<Uint8Array> {
    await this.#database.sql`INSERT INTO query_salt (day, salt) VALUES (${day}::date, ${Buffer.from(fresh)}) ON CONFLICT DO NOTHING`;
    const [row] = await this.#database.sql<{ salt: Uint8Array }>`SELECT salt FROM query_salt WHERE day = ${day}::date`;
    return row?.salt ?? fresh;
  }

  /** One search at a time for one text, so that nobody's count misses another's. */
  async lock(tx: Tx, { day, query }: HashedUse): Promise<void> {
    await lock(tx, `query ${day} ${Buffer.from(query).toString('hex')}`);
  }

  /** Whether this searcher is new to this text today. */
  async put(tx: Tx, { day, query, searcher }: HashedUse): Promise<boolean> {
    const rows = await tx.sql`
      INSERT INTO query_use (day, query, searcher) VALUES (${day}::date, ${Buffer.from(query)}, ${Buffer.from(searcher)})
      ON CONFLICT DO NOTHING RETURNING 1`;
    return rows.length > 0;
  }

  /** One more person for a text that is kept in words already; whether it is. */
  async raise(tx: Tx, { day, query }: HashedUse, now: Date): Promise<boolean> {
    const rows = await tx.sql`
      UPDATE trending_query SET people = people + 1, last_at = ${now} WHERE day = ${day}::date AND query = ${Buffer.from(query)} RETURNING 1`;
    return rows.length > 0;
  }

  /** How many different people searched for it that day, counted up to `most`. */
  async people(tx: Tx, { day, query }: HashedUse, most: number): Promise<number> {
    const [row] = await tx.sql<{ people: number }>`
      SELECT count(*)::int AS people FROM (SELECT FROM query_use WHERE day = ${day}::date AND query = ${Buffer.from(query)} LIMIT ${most}) AS used`;
    return row?.people ?? 0;
  }

  async reveal(tx: Tx, { day, query }: HashedUse, text: string, people: number, now: Date): Promise<void> {
    await tx.sql`
      INSERT INTO trending_query (day, query, text, people, last_at) VALUES (${day}::date, ${Buffer.from(query)}, ${text}, ${people}, ${now})`;
  }

  /** What was searched for most since a day. */
  async since(day: string): Promise<readonly QueryDay[]> {
    return this.#database.sql<QueryDay>`
      SELECT text, day::timestamp AT TIME ZONE 'UTC' AS day, people, last_at AS "lastAt" FROM trending_query
      WHERE day >= ${day}::date ORDER BY people DESC, text LIMIT ${2 * MOST}`;
  }

  /** Forgets whatever leads back from hashes before `today`, the salts first of all, and words from before `wordsFrom`. */
  async prune(today: string, wordsFrom: string): Promise<void> {
    await this.#database.sql`DELETE FROM query_salt WHERE day < ${today}::date`;
    await this.#database.sql`DELETE FROM query_use WHERE day < ${today}::date`;
    await this.#database.sql`DELETE FROM trending_query WHERE day < ${wordsFrom}::date`;
  }
}
