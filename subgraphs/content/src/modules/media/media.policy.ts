import { canSeePost, canSeeUser, type Sight } from '@plaza/visibility/can-see';
import { STRANGERS } from '@plaza/visibility/relation';
import type { MediaUse } from './media.row.js';

/** A media exists for its owner and for whoever may see a post, or a profile, that carries it. `sight` is the viewer before the owner. */
export function canSeeMedia(sight: Sight, { audiences, isProfile }: MediaUse): boolean {
  if (sight.viewerId === sight.authorId) return canSeeUser(sight);
  return (isProfile && canSeeUser(sight)) || audiences.some((audience) => canSeePost(sight, audience));
}

/** Whether everybody may see it, guests too: then its addresses are stable. `sight` is anybody before the owner. */
export function isPublicMedia({ authorId, authorState }: Sight, use: MediaUse): boolean {
  return canSeeMedia({ viewerId: null, authorId, authorState, relation: STRANGERS }, use);
}
