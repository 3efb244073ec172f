import type { CallClient } from '@plaza/calls/call-client';
import { postSnapshot } from '@plaza/calls/contracts/content.calls';
import { userSnapshot } from '@plaza/calls/contracts/search.calls';
import type { Database } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { SearchIndex } from '@plaza/search/search-index';
import type { HashtagStore } from './hashtag.store.js';
import type { IndexingService } from './indexing.service.js';
import type { SearchTaskStore } from './search-task.store.js';

const PAGE = 500;

export interface SearchRebuildParts {
  readonly database: Database<unknown>;
  readonly index: SearchIndex;
  readonly indexing: IndexingService;
  readonly tasks: SearchTaskStore;
  readonly hashtags: HashtagStore;
  readonly calls: CallClient;
}

/**
 * Builds the index anew beside the one that answers, from its owners' snapshots. What happens meanwhile goes into both, under higher versions, so
 * nothing of the snapshot overwrites it. Then the new one answers.
 */
export class SearchRebuildService {
  readonly #parts: SearchRebuildParts;

  constructor(parts: SearchRebuildParts) {
    this.#parts = parts;
  }

  /** How many posts and people were looked at. @throws Fault UNAVAILABLE when an owner cannot be asked; then the old index goes on. */
  async rebuild(): Promise<{ readonly posts: number; readonly users: number }> {
    const { database, index, indexing, tasks, hashtags, calls } = this.#parts;
    const asker = { viewer: null, requestId: newId() };
    const build = await index.beginBuild();
    try {
      const version = await tasks.version();
      const looks = (ids: readonly string[]) => ids.map((subject) => ({ subject, version }));
      let [posts, users] = [0, 0];
      for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
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
      while (await indexing.step());
      await build.finish();
      return { posts, users };
    } catch (cause) {
      await build.abandon();
      throw cause;
    }
  }
}
