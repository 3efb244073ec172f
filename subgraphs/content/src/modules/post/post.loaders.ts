import type { People } from '@plaza/calls/people';
import type { Keyset, Page } from '@plaza/kernel/page';
import { toPage } from '@plaza/kernel/page';
import { canSeeUser } from '@plaza/visibility/can-see';
import DataLoader from 'dataloader';
import { audiencesFor } from './post.policy.js';
import type { PostRow, RevisionRow } from './post.row.js';
import type { PostStore } from './post.store.js';
import { visibleOnly } from './visible-posts.js';

/** Where a post stands in its author's list. */
export interface PostPlace {
  readonly id: string;
  readonly createdAt: Date;
}

interface PageKey {
  readonly id: string;
  readonly first: number;
}

export interface UserPostsKey extends PageKey {
  readonly after: Keyset | null;
}

export interface RevisionsKey extends PageKey {
  /** Versions below this number; null from the newest on. */
  readonly before: number | null;
}

/** One request's posts, as far as its viewer may see them. */
export interface PostLoaders {
  /** By id; null for hidden and missing alike. */
  readonly visible: DataLoader<string, PostRow | null>;
  /** A person's posts that the viewer may see, the newest first; null when the person is not there for the viewer. */
  readonly ofUser: DataLoader<UserPostsKey, Page<PostPlace> | null, string>;
  /** Versions of a post that the viewer has been shown, the newest first. */
  readonly revisions: DataLoader<RevisionsKey, Page<RevisionRow>, string>;
}

export function postLoaders(store: PostStore, people: People): PostLoaders {
  return {
    visible: new DataLoader(async (ids) => {
      const seen = await visibleOnly(await store.byIds(ids), people);
      const byId = new Map(seen.map((post) => [post.id, post]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
    ofUser: new DataLoader(async (keys) => inGroups(keys, (group) => pagesOf(group, store, people)), { cacheKeyFn: JSON.stringify }),
    revisions: new DataLoader(async (keys) => inGroups(keys, (group) => revisionsOf(group, store)), { cacheKeyFn: JSON.stringify }),
  };
}

/** Keys that differ only in their id share a statement: aliases with other arguments make another group, a longer page does not. */
async function inGroups<Key extends PageKey, Value>(
  keys: readonly Key[],
  read: (group: readonly Key[]) => Promise<ReadonlyMap<string, Value>>,
): Promise<Value[]> {
  const groups = new Map<string, Key[]>();
  const groupOf = ({ id: _id, ...others }: Key) => JSON.stringify(others);
  for (const key of keys) groups.set(groupOf(key), [...(groups.get(groupOf(key)) ?? []), key]);
  const found = new Map(await Promise.all([...groups].map(async ([name, group]) => [name, await read(group)] as const)));
  return keys.map((key) => {
    const value = found.get(groupOf(key))?.get(key.id);
    if (value === undefined) throw new Error('a page was asked for and not read');
    return value;
  });
}

async function pagesOf(
  group: readonly UserPostsKey[],
  store: PostStore,
  people: People,
): Promise<ReadonlyMap<string, Page<PostPlace> | null>> {
  const { first = 0, after = null } = group[0] ?? {};
  const sights = await people.sights(group.map(({ id }) => id));
  const seen = [...sights.values()].filter(canSeeUser);
  const asked = seen
    .map((sight) => ({ authorId: sight.authorId, audiences: audiencesFor(sight) }))
    .filter(({ audiences }) => audiences.length > 0);
  const rows = asked.length === 0 ? [] : await store.pagesByAuthors(asked, first, after);
  const pages = new Map<string, Page<PostPlace> | null>(group.map(({ id }) => [id, null]));
  for (const { authorId } of seen)
    pages.set(
      authorId,
      toPage(
        rows.filter((row) => row.authorId === authorId),
        first,
      ),
    );
  return pages;
}

async function revisionsOf(group: readonly RevisionsKey[], store: PostStore): Promise<ReadonlyMap<string, Page<RevisionRow>>> {
  const { first = 0, before = null } = group[0] ?? {};
  const ids = group.map(({ id }) => id);
  const rows = await store.revisionsByPosts(ids, first, before);
  return new Map(
    ids.map((id) => [
      id,
      toPage(
        rows.filter(({ postId }) => postId === id),
        first,
      ),
    ]),
  );
}
