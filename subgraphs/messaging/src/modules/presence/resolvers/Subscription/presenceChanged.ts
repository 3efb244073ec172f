import { badUserInput } from '@plaza/kernel/fault';
import { fromTypeId } from '@plaza/kernel/type-id';
import { NothingToTell } from '@plaza/subgraph/live-event';
import { requireViewer } from '@plaza/subgraph/request-scope';
import type { Context } from '../../../../context.js';
import type { PresenceState } from '../../presence.service.js';
import { maySeePresence } from '../../presence.sight.js';
import type { SubscriptionResolvers } from './../../../types.generated.js';

const MAX_WATCHED = 200;

export const presenceChanged: NonNullable<SubscriptionResolvers['presenceChanged']> = {
  subscribe: async (_parent, { userIds }, { scope, services }) => {
    requireViewer(scope);
    const ids = [...new Set(userIds)].map((id) => fromTypeId('user', id)).filter((id) => id !== null);
    if (userIds.length < 1 || userIds.length > MAX_WATCHED) throw badUserInput(`userIds: from 1 to ${MAX_WATCHED}.`);
    return services.presence.watch(ids, scope.left ?? new AbortController().signal);
  },
  async resolve(state: PresenceState, _args: unknown, ctx: Context) {
    if (!(await maySeePresence(state.userId, ctx))) throw new NothingToTell();
    return state;
  },
};
