import {
  mailRecipients,
  publicKeys,
  publishingRules,
  revokedSessions,
  sessionsSeen,
  setUserState,
  usersByHandle,
  userStates,
} from '@plaza/calls/contracts/accounts.calls';
import { badUserInput } from '@plaza/kernel/fault';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { MailboxStore } from './modules/mail/mailbox.store.js';
import type { SessionService } from './modules/session/session.service.js';
import type { UserStateService } from './modules/user/user-state.service.js';
import type { UserStore } from './modules/user/user.store.js';
import { DEFAULT_PREFERENCES } from './modules/viewer/preferences.policy.js';
import type { ViewerService } from './modules/viewer/viewer.service.js';
import type { AccessTokens } from './tokens/access-tokens.js';

export interface CallParts {
  readonly users: Pick<UserStore, 'byIds' | 'byHandles'>;
  readonly states: UserStateService;
  readonly viewers: ViewerService;
  readonly sessions: SessionService;
  readonly accessTokens: AccessTokens;
  readonly mailboxes: Pick<MailboxStore, 'recipients'>;
}

/** What other subgraphs and the gateway may ask. */
export function accountsCalls({ users, states, viewers, sessions, accessTokens, mailboxes }: CallParts): readonly CallHandler[] {
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
    answer(mailRecipients, async ({ userIds }, { issuer }) => {
      // Addresses leave this house for one purpose; each process signs with a key of its own pair of names.
      if (issuer !== 'messaging') throw badUserInput('There is no such call.');
      const found = await mailboxes.recipients(userIds);
      const otherwise = DEFAULT_PREFERENCES;
      return {
        recipients: found.map((one) => ({ ...one, locale: one.locale ?? otherwise.locale, timeZone: one.timeZone ?? otherwise.timeZone })),
      };
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
