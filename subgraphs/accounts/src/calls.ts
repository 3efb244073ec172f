import {
  publicKeys,
  publishingRules,
  revokedSessions,
  sessionsSeen,
  setUserState,
  usersByHandle,
  userStates,
} from '@plaza/calls/contracts/accounts.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { SessionService } from './modules/session/session.service.js';
import type { UserStateService } from './modules/user/user-state.service.js';
import type { UserStore } from './modules/user/user.store.js';
import type { ViewerService } from './modules/viewer/viewer.service.js';
import type { AccessTokens } from './tokens/access-tokens.js';

export interface CallParts {
  readonly users: Pick<UserStore, 'byIds' | 'byHandles'>;
  readonly states: UserStateService;
  readonly viewers: ViewerService;
  readonly sessions: SessionService;
  readonly accessTokens: AccessTokens;
}

/** What other subgraphs and the gateway may ask. */
export function accountsCalls({ users, states, viewers, sessions, accessTokens }: CallParts): readonly CallHandler[] {
  return [
    answer(userStates, async ({ userIds }) => ({
      states: (await users.byIds(userIds)).map(({ id, state, isLocked, isDiscoverable }) => ({
        userId: id,
        state,
        isLocked,
        isDiscoverable,
      })),
    })),
    answer(publishingRules, async ({ userId }) => ({ requireAltText: (await viewers.preferences(userId)).requireAltText })),
    answer(usersByHandle, async ({ handles }) => {
      const found = await users.byHandles(handles);
      return { users: found.filter(({ state }) => state !== 'ERASED').map(({ id, handle }) => ({ handle, userId: id })) };
    }),
    answer(publicKeys, async () => ({ keys: accessTokens.publicKeys.map((key) => ({ ...key })) })),
    answer(revokedSessions, async ({ since }) => {
      const { sessionIds, asOf } = await sessions.revokedSince(since);
      return { sessionIds: [...sessionIds], asOf };
    }),
    answer(sessionsSeen, async ({ sessionIds }) => {
      await sessions.seen(sessionIds);
      return {};
    }),
    answer(setUserState, async ({ userId, state }) => {
      await states.set(userId, state);
      return {};
    }),
  ];
}
