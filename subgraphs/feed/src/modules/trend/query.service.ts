import { createHmac, randomBytes } from 'node:crypto';
import type { Database } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { countable, K, rankedQueries } from './query.policy.js';
import type { HashedUse, QueryStore } from './query.store.js';

const DAY_MS = 86_400_000;
const HASH_BYTES = 16;

/**
 * Counts what people search for without keeping who searched for what. A search leaves two hashes, of its text and of its text with the person,
 * keyed with a salt that goes with its day; so two searches of one person look like two people's. The words are kept only once the K-th person
 * of a day brings them.
 */
export class QueryService {
  readonly #database: Database<unknown>;
  readonly #store: QueryStore;
  readonly #secret: Uint8Array;
  readonly #clock: Clock;
  #salt: { readonly day: string; readonly salt: Uint8Array } | null = null;

  constructor(database: Database<unknown>, store: QueryStore, secret: Uint8Array, clock: Clock) {
    this.#database = database;
    this.#store = store;
    this.#secret = secret;
    this.#clock = clock;
  }

  /** Notes that somebody searched for something. Guests do not count: who they are could be made up. */
  async record(viewerId: string | null, text: string): Promise<void> {
    const plain = countable(text);
    if (viewerId === null || plain === null) return;
    const now = this.#clock.now();
    const use = await this.#hashed(now, viewerId, plain);
    await this.#database.transaction(async (tx) => {
      await this.#store.lock(tx, use);
      if (!(await this.#store.put(tx, use)) || (await this.#store.raise(tx, use, now))) return;
      const people = await this.#store.people(tx, use, K);
      if (people >= K) await this.#store.reveal(tx, use, plain, people, now);
    });
  }

  /** The strongest first. */
  async trending(first: number): Promise<readonly { readonly text: string; readonly people: number }[]> {
    const now = this.#clock.now();
    // The day before yesterday is what yesterday is held against.
    return rankedQueries(await this.#store.since(dayOf(now, -2)), now).slice(0, first);
  }

  async prune(): Promise<void> {
    const now = this.#clock.now();
    await this.#store.prune(dayOf(now, 0), dayOf(now, -2));
  }

  async #hashed(now: Date, viewerId: string, text: string): Promise<HashedUse> {
    const day = dayOf(now, 0);
    if (this.#salt?.day !== day) this.#salt = { day, salt: await this.#store.salt(day, randomBytes(32)) };
    const key = Buffer.concat([this.#secret, this.#salt.salt]);
    const hash = (...parts: readonly string[]): Uint8Array =>
      createHmac('sha256', key).update(JSON.stringify(parts)).digest().subarray(0, HASH_BYTES);
    return { day, query: hash('query', text), searcher: hash('searcher', viewerId, text) };
  }
}

const dayOf = (now: Date, offset: number): string => new Date(now.getTime() + offset * DAY_MS).toISOString().slice(0, 10);
