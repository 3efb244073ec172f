import { searchableUsers, userSnapshot } from '@plaza/calls/contracts/search.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { SearchableStore } from './searchable.store.js';
import type { UserStore } from './user.store.js';

/** What an index asks about people. */
export function searchableCalls(users: Pick<UserStore, 'byIds'>, store: SearchableStore): readonly CallHandler[] {
  return [
    answer(searchableUsers, async ({ userIds }) => ({
      users: (await users.byIds(userIds)).map(({ id: userId, state, handle, displayName, bio, createdAt }) => ({
        userId,
        state,
        handle,
        displayName,
        bio,
        createdAt: createdAt.toISOString(),
      })),
    })),
    answer(userSnapshot, async ({ after, limit }) => {
      const userIds = await store.snapshot(after, limit);
      return { userIds: [...userIds], nextAfter: userIds.length < limit ? null : (userIds.at(-1) ?? null) };
    }),
  ];
}
