import type { CallClient } from '@plaza/calls/call-client';
import { postSnapshot } from '@plaza/calls/contracts/content.calls';
import { userSnapshot } from '@plaza/calls/contracts/search.calls';
import type { Database } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { SearchIndex } from '@plaza/search/search-index';
import type { HashtagStore } from './hashtag.store.js';
import type { IndexingService } from './indexing.service.js';
import type { SearchHomeStore } from './search-home.store.js';
import type { SearchTaskStore } from './search-task.store.js';

const PAGE = 500;

export interface SearchRebuildParts {
  readonly database: Database<unknown>;
  readonly index: SearchIndex;
  readonly indexing: IndexingService;
  readonly tasks: SearchTaskStore;
  readonly hashtags: HashtagStore;
  readonly home: SearchHomeStore;
  readonly calls: CallClient;
}

/** How many posts and people were looked at. */
export interface Rebuilt {
  readonly posts: number;
  readonly users: number;
}

interface RebuildOptions {
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Nothing where another process is at it; without, that one's build is ended. */
  readonly unlessBusy?: boolean;
}

/**
 * Builds the index anew beside the one that answers, from its owners' snapshots. What happens meanwhile goes into both, under higher versions, so
 * nothing of the snapshot overwrites it. Then the new one answers.
 */
export class SearchRebuildService {
  readonly #parts: SearchRebuildParts;
  #current: Promise<Rebuilt | null> | null = null;

  constructor(parts: SearchRebuildParts) {
    this.#parts = parts;
  }

  /**
   * Null: another process is at it. Callers of one process share a build.
   * @throws Fault UNAVAILABLE when an owner or the engine cannot be asked, and the signal's reason: then the old index goes on.
   */
  rebuild({ signal, unlessBusy = false }: RebuildOptions = {}): Promise<Rebuilt | null> {
    this.#current ??= this.#begin(signal, unlessBusy).finally(() => {
      this.#current = null;
    });
    return this.#current;
  }

  async #begin(signal: AbortSignal | undefined, unlessBusy: boolean): Promise<Rebuilt | null> {
    const { home, index } = this.#parts;
    const builder = newId();
    if (!(await home.claim(builder, unlessBusy))) return null;
    try {
      const rebuilt = await this.#build(async () => {
        signal?.throwIfAborted();
        if (!(await home.hold(builder))) throw new Error('this build was ended by another one');
      });
      const identity = await index.identity();
      if (identity === null) throw new Error('the index that was built is not there');
      await home.settle(builder, identity);
      return rebuilt;
    } catch (cause) {
      await home.release(builder);
      throw cause;
    }
  }

  async #build(goOn: () => Promise<void>): Promise<Rebuilt> {
    const { database, index, indexing, tasks, hashtags, calls } = this.#parts;
    const asker = { viewer: null, requestId: newId() };
    const build = await index.beginBuild();
    try {
      const version = await tasks.version();
      const looks = (ids: readonly string[]) => ids.map((subject) => ({ subject, version }));
      let [posts, users] = [0, 0];
      for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
        await goOn();
        const page: { readonly userIds: readonly string[]; readonly nextAfter: string | null } = await calls.ask(
          userSnapshot,
          { after, limit: PAGE },
          asker,
        );
        await build.apply(await indexing.users(looks(page.userIds)));
        users += page.userIds.length;
        after = page.nextAfter;
      }
      for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
        await goOn();
        const page: { readonly posts: readonly { readonly postId: string }[]; readonly nextAfter: string | null } = await calls.ask(
          postSnapshot,
          { after, limit: PAGE },
          asker,
        );
        const { changes, taggings } = await indexing.posts(looks(page.posts.map(({ postId }) => postId)));
        await build.apply(changes);
        await indexing.tag(taggings);
        posts += page.posts.length;
        after = page.nextAfter;
      }
      await database.transaction(async (tx) => {
        await hashtags.settle(tx, version);
        await tasks.addAllHashtags(tx);
      });
      while (await indexing.step()) await goOn();
      await build.finish();
      return { posts, users };
    } catch (cause) {
      // What cannot be taken away now is when the next one begins.
      await build.abandon().catch(() => undefined);
      throw cause;
    }
  }
}
