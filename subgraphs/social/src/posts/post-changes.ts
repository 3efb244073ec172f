import type { Database, Tx } from '@plaza/db/database';
import type { PostStatStore } from './post-stat.store.js';
import { Turns } from './turns.js';

/**
 * Every change under a post: a transaction that holds the post's row lock, so that rows, counts and the order of events agree. Changes of one
 * post take turns before they ask for a connection: they would wait for each other at the row lock anyhow, and a post that everybody likes
 * would have all of the pool's connections waiting there, with none left for reads.
 */
export class PostChanges {
  readonly #database: Database<unknown>;
  readonly #stats: PostStatStore;
  readonly #turns = new Turns();

  constructor(database: Database<unknown>, stats: PostStatStore) {
    this.#database = database;
    this.#stats = stats;
  }

  run<T>(postId: string, work: (tx: Tx, stats: PostStatStore) => Promise<T>): Promise<T> {
    return this.#turns.take(postId, () =>
      this.#database.transaction(async (tx) => {
        await this.#stats.lock(tx, postId);
        return work(tx, this.#stats);
      }),
    );
  }
}
