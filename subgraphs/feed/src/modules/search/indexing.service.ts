import type { Asker, CallClient } from '@plaza/calls/call-client';
import { userStates } from '@plaza/calls/contracts/accounts.calls';
import { postAttention, searchablePosts, searchableUsers } from '@plaza/calls/contracts/search.calls';
import type { Database } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { type IndexChange, type SearchIndex, weightOf } from '@plaza/search/search-index';
import type { AudienceStore } from './audience.store.js';
import { hashtagDocument, postDocument, userDocument } from './documents.policy.js';
import type { HashtagStore, Tagging } from './hashtag.store.js';
import type { SearchTask, SearchTaskKind, SearchTaskStore } from './search-task.store.js';

/** Things that are looked at together: one call for each owner. */
const SLICE = 200;
const PROMPT: readonly SearchTaskKind[] = ['POST', 'USER', 'HASHTAG'];
const WEIGHTS: readonly SearchTaskKind[] = ['POST_WEIGHT', 'USER_WEIGHT'];

/** A thing to look at, as of when. */
export type Look = Pick<SearchTask, 'subject' | 'version'>;

/** Posts as they are now. */
export interface LookedAt {
  readonly changes: readonly IndexChange[];
  readonly taggings: readonly (Tagging & { readonly version: number })[];
}

export interface IndexingParts {
  readonly database: Database<unknown>;
  readonly index: SearchIndex;
  readonly tasks: SearchTaskStore;
  readonly hashtags: HashtagStore;
  readonly audience: AudienceStore;
  readonly calls: CallClient;
}

/**
 * Brings the index up to date, a slice of tasks at a time. A task's version is older than the look at its owner, so what is written under it is at
 * least as new; two processes may do the same work, the index takes the higher version.
 */
export class IndexingService {
  readonly #parts: IndexingParts;

  constructor(parts: IndexingParts) {
    this.#parts = parts;
  }

  /** A slice of what must be seen at once; whether there was any. @throws Fault UNAVAILABLE when an owner cannot be asked; the tasks stay. */
  async step(): Promise<boolean> {
    const { index, tasks } = this.#parts;
    const slice = await tasks.next(PROMPT, SLICE);
    if (slice.length === 0) return false;
    const of = (kind: SearchTaskKind): readonly Look[] => slice.filter((task) => task.kind === kind);
    const [posts, users, hashtags] = await Promise.all([this.posts(of('POST')), this.users(of('USER')), this.#hashtags(of('HASHTAG'))]);
    await index.apply([...posts.changes, ...users, ...hashtags]);
    await this.tag(posts.taggings);
    await tasks.done(slice);
    return true;
  }

  /** A slice of what only moves the order; whether there was any. */
  async weigh(): Promise<boolean> {
    const { index, tasks, audience, calls } = this.#parts;
    const slice = await tasks.next(WEIGHTS, SLICE);
    if (slice.length === 0) return false;
    const of = (kind: SearchTaskKind): string[] => slice.flatMap((task) => (task.kind === kind ? [task.subject] : []));
    const [postIds, userIds] = [of('POST_WEIGHT'), of('USER_WEIGHT')];
    const [attention, followers] = await Promise.all([
      postIds.length === 0 ? new Map<string, number>() : attentionOf(calls, postIds, system()),
      audience.followerCounts(userIds),
    ]);
    await index.weigh([
      ...postIds.map((id) => ({ kind: 'POST' as const, id, weight: weightOf(attention.get(id) ?? 0) })),
      ...userIds.map((id) => ({ kind: 'USER' as const, id, weight: weightOf(followers.get(id) ?? 0) })),
    ]);
    await tasks.done(slice);
    return true;
  }

  /** At most 1,000. */
  async posts(looks: readonly Look[]): Promise<LookedAt> {
    if (looks.length === 0) return { changes: [], taggings: [] };
    const { calls } = this.#parts;
    const asker = system();
    const postIds = looks.map(({ subject }) => subject);
    const [{ posts }, attention] = await Promise.all([calls.ask(searchablePosts, { postIds }, asker), attentionOf(calls, postIds, asker)]);
    const authorIds = [...new Set(posts.map(({ authorId }) => authorId))];
    const { states } = authorIds.length === 0 ? { states: [] } : await calls.ask(userStates, { userIds: authorIds }, asker);
    const isActive = new Set(states.flatMap(({ userId, state }) => (state === 'ACTIVE' ? [userId] : [])));
    const found = new Map(posts.flatMap((post) => (isActive.has(post.authorId) ? [[post.postId, post] as const] : [])));
    return {
      changes: looks.map(({ subject: id, version }) => {
        const post = found.get(id);
        return post === undefined
          ? { version, gone: { kind: 'POST', id } }
          : { version, document: postDocument(post, attention.get(id) ?? 0) };
      }),
      taggings: looks.map(({ subject: postId, version }) => {
        const post = found.get(postId);
        const names = post?.audience === 'PUBLIC' ? post.hashtags : [];
        return { postId, version, names, createdAt: new Date(post?.createdAt ?? 0) };
      }),
    };
  }

  /** At most 1,000. */
  async users(looks: readonly Look[]): Promise<readonly IndexChange[]> {
    if (looks.length === 0) return [];
    const userIds = looks.map(({ subject }) => subject);
    const [{ users }, followers] = await Promise.all([
      this.#parts.calls.ask(searchableUsers, { userIds }, system()),
      this.#parts.audience.followerCounts(userIds),
    ]);
    const found = new Map(users.map((user) => [user.userId, user]));
    return looks.map(({ subject: id, version }) => {
      const user = found.get(id);
      return user?.state !== 'ACTIVE'
        ? { version, gone: { kind: 'USER', id } }
        : { version, document: userDocument(user, followers.get(id) ?? 0) };
    });
  }

  /** Counts the hashtags of posts; those that have another count are looked at next. */
  async tag(taggings: LookedAt['taggings']): Promise<void> {
    if (taggings.length === 0) return;
    const { database, hashtags, tasks } = this.#parts;
    await database.transaction(async (tx) => {
      const changed = await hashtags.put(tx, taggings);
      if (changed.length > 0) await tasks.add(tx, 'HASHTAG', changed);
    });
  }

  async #hashtags(looks: readonly Look[]): Promise<readonly IndexChange[]> {
    if (looks.length === 0) return [];
    const counts = await this.#parts.hashtags.counts(looks.map(({ subject }) => subject));
    return looks.map(({ subject: name, version }) => {
      const count = counts.get(name) ?? 0;
      return count === 0 ? { version, gone: { kind: 'HASHTAG', id: name } } : { version, document: hashtagDocument(name, count) };
    });
  }
}

const system = (): Asker => ({ viewer: null, requestId: newId() });

async function attentionOf(calls: CallClient, postIds: string[], asker: Asker): Promise<ReadonlyMap<string, number>> {
  const { posts } = await calls.ask(postAttention, { postIds }, asker);
  return new Map(posts.map(({ postId, count }) => [postId, count]));
}
