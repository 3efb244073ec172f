import { toTypeId } from '@plaza/kernel/type-id';
import type { HomeItem } from './home.store.js';

/** An item of a feed as the graph shows it. */
export const itemOf = (postId: string) => ({ __typename: 'Post' as const, id: toTypeId('post', postId) });

/** Why it is in the viewer's feed. */
export function sourceOf({ actorId, kind }: HomeItem, viewerId: string) {
  const sourceKind = actorId === viewerId ? ('OWN' as const) : kind === 'REPOST' ? ('REPOST' as const) : ('FOLLOWED' as const);
  return { kind: sourceKind, user: { __typename: 'User' as const, id: toTypeId('user', actorId) } };
}
