import { NothingToTell } from '@plaza/subgraph/live-event';
import { requireViewer } from '@plaza/subgraph/request-scope';
import type { Context } from '../../../../context.js';
import { look, type ToldEvent } from '../../../../sights.js';
import type { SubscriptionResolvers } from './../../../types.generated.js';
import type { InboxEvent } from '../../inbox.event.js';

export const inbox: NonNullable<SubscriptionResolvers['inbox']> = {
  subscribe: async (_parent, { after }, { scope, services }) => {
    const userId = requireViewer(scope).id;
    const start = after == null ? 'now' : (services.inbox.open(userId, after) ?? 'unknown');
    return services.inbox.follow(userId, start, scope.left ?? new AbortController().signal);
  },
  async resolve(event: InboxEvent, _args: unknown, ctx: Context) {
    const cursor = ctx.services.inbox.seal(requireViewer(ctx.scope).id, event.line.position);
    const told = await see(event, cursor, ctx);
    if (told === null) throw new NothingToTell();
    return told;
  },
};

/** What cannot be looked at now breaks the stream: told of with an error it would be lost, because the next cursor is behind it. */
async function see(event: InboxEvent, cursor: string, ctx: Context): Promise<ToldEvent | null> {
  try {
    return await look(event.line, cursor, ctx);
  } catch (error) {
    event.fail(error);
    throw new NothingToTell();
  }
}
