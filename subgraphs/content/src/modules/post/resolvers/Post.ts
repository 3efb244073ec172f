import { Fault } from '@plaza/kernel/fault';
import { pageSize } from '@plaza/kernel/page';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { canSeeWorkOf, type Sight } from '@plaza/visibility/can-see';
import type { PostResolvers } from '../../types.generated.js';
import type { StoredEntity } from '../post.row.js';
import { openRevisionCursor, toRevisionConnection } from '../revision-cursor.js';

export const Post: PostResolvers = {
  async __resolveReference(reference, ctx) {
    const id = fromTypeId('post', 'id' in reference ? reference.id : reference.ref);
    return id === null ? null : ctx.loaders.post.visible.load(id);
  },
  id: ({ id }) => toTypeId('post', id),
  ref: ({ id }) => toTypeId('post', id),
  gate: ({ id }, _args, { gates, viewer }) => gates.mint(id, viewer?.id ?? null),
  author: ({ authorId }) => ({ id: authorId }),
  async entities({ entities }, _args, { people }) {
    const mentioned = entities.flatMap((entity) => (entity.kind === 'mention' ? [entity.userId] : []));
    // The text goes on without its mentions while nobody can say who may be seen.
    const sights = await people.sights(mentioned).catch((cause: unknown) => {
      if (cause instanceof Fault && cause.code === 'UNAVAILABLE') return new Map<string, never>();
      throw cause;
    });
    return entities.flatMap((entity) => shown(entity, sights) ?? []);
  },
  async media({ mediaIds }, _args, { loaders }) {
    const media = await Promise.all(mediaIds.map((id) => loaders.media.load(id)));
    return media.filter((one) => one !== null);
  },
  async products({ productIds }, _args, { loaders }) {
    const existing = await Promise.all(productIds.map((id) => loaders.product.load(id)));
    return productIds.filter((_id, index) => existing[index]).map((id) => ({ id }));
  },
  async revisions({ id }, { first, after }, { loaders }) {
    const before = after == null ? null : openRevisionCursor(after);
    return toRevisionConnection(await loaders.post.revisions.load({ id, first: pageSize(first), before }));
  },
};

/** Null for a mention of somebody whom the viewer may not see. */
function shown(entity: StoredEntity, sights: ReadonlyMap<string, Sight>) {
  switch (entity.kind) {
    case 'hashtag':
      return { __typename: 'HashtagEntity' as const, ...entity };
    case 'link':
      return { __typename: 'LinkEntity' as const, ...entity };
    case 'mention': {
      const sight = sights.get(entity.userId);
      return sight !== undefined && canSeeWorkOf(sight) ? { __typename: 'MentionEntity' as const, ...entity } : null;
    }
  }
}
