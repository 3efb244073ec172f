import { toTypeId } from '@plaza/kernel/type-id';
import { markLive, NothingToTell } from '@plaza/subgraph/live-event';
import { requireViewer } from '@plaza/subgraph/request-scope';
import type { Context } from '../../../../context.js';
import type { ResolversTypes, SubscriptionResolvers } from '../../../types.generated.js';
import { openHomeCursor, sealHomeCursor } from '../../home.cursor.js';
import type { HomeEvent } from '../../home.event.js';
import { itemOf, sourceOf } from '../../home.views.js';

export const homeFeedUpdated: NonNullable<SubscriptionResolvers['homeFeedUpdated']> = {
  subscribe(_parent, { after }, { scope, services }) {
    const viewer = requireViewer(scope);
    const start = after == null ? 'now' : (openHomeCursor(services.cursors, viewer.id, after) ?? 'unknown');
    return services.homeLive.follow(viewer.id, start, scope.left ?? new AbortController().signal);
  },
  async resolve(event: HomeEvent, _args: unknown, context: Context): Promise<ResolversTypes['HomeFeedEvent']> {
    const { scope, services } = context;
    const viewer = requireViewer(scope);
    const cursor = sealHomeCursor(services.cursors, viewer.id, event.position);
    const { line } = event;
    const standing = line.kind === 'POST' && line.isThere ? await standingOf(event, line.postId, context) : 'GONE';
    markLive(context, { position: event.position.position, cursor });
    if (line.kind === 'RESYNC') return { __typename: 'Resync', cursor, reason: line.reason };
    const removed = (): ResolversTypes['HomeFeedEvent'] => {
      if (event.gone.has(line.postId)) throw new NothingToTell();
      event.gone.add(line.postId);
      return { __typename: 'FeedItemRemoved', cursor, itemId: toTypeId('post', line.postId) };
    };
    if (!line.isThere) return removed();
    // What went since has a line of its own.
    if (standing === 'GONE') throw new NothingToTell();
    if (standing === 'HIDDEN') {
      if (line.wasThere) return removed();
      throw new NothingToTell();
    }
    event.gone.delete(line.postId);
    const item = itemOf(line.postId);
    if (!line.wasThere)
      return { __typename: 'FeedItemInserted', cursor, insertedAt: standing.at, source: sourceOf(standing, viewer.id), item };
    if (line.isEdit) return { __typename: 'FeedItemUpdated', cursor, item };
    throw new NothingToTell();
  },
};

/** What cannot be looked at now breaks the stream: told of with an error it would be lost, because the next cursor is behind it. */
async function standingOf(event: HomeEvent, postId: string, { scope, people, services }: Context) {
  try {
    return await services.home.standingOf({ viewer: requireViewer(scope), scope, people }, postId);
  } catch (error) {
    event.fail(error);
    throw new NothingToTell();
  }
}
