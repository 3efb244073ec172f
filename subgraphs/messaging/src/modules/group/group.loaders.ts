import { argumentLoaders } from '@plaza/db/argument-loaders';
import { byKey } from '@plaza/db/loaders';
import DataLoader from 'dataloader';
import type { GroupStore } from './group.store.js';
import type { JoinLinkRow, JoinRequestRow, JoinStore } from './join.store.js';

/** What one request reads of groups. */
export const groupLoaders = (groups: GroupStore, joins: JoinStore) => ({
  memberCount: byKey<string, { readonly id: string; readonly count: number }>(
    (ids) => groups.counts(ids),
    ({ id }) => id,
  ),
  joinLinks: new DataLoader<string, readonly JoinLinkRow[]>(async (ids) => {
    const links = await joins.links(ids);
    return ids.map((id) => links.filter(({ conversationId }) => conversationId === id));
  }),
  joinRequests: argumentLoaders<{ readonly first: number }, readonly JoinRequestRow[]>(async (ids, { first }) => {
    const requests = await joins.requests(ids, first);
    return ids.map((id) => requests.filter(({ conversationId }) => conversationId === id));
  }),
});

export type GroupLoaders = ReturnType<typeof groupLoaders>;
