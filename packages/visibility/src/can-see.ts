import type { Relation } from './relation.js';

/**
 * DEACTIVATED: by its owner, until they come back. SUSPENDED: by a moderator. ERASED: for good. LOCKED is no state of its own: who must ask
 * before following sees the same as before.
 */
export type AuthorState = 'ACTIVE' | 'DEACTIVATED' | 'SUSPENDED' | 'ERASED';

export type Audience = 'PUBLIC' | 'FOLLOWERS' | 'MUTUALS' | 'ONLY_ME';

/** A viewer before a person. `viewerId` is null for a guest. */
export interface Sight {
  readonly viewerId: string | null;
  readonly authorId: string;
  readonly authorState: AuthorState;
  readonly relation: Relation;
}

/**
 * Whether the person exists for the viewer. One who blocks somebody still sees them (to be able to unblock), the one who is blocked sees nobody.
 */
export function canSeeUser({ viewerId, authorId, authorState, relation }: Sight): boolean {
  if (authorState === 'ERASED') return false;
  if (viewerId === authorId) return true;
  return authorState === 'ACTIVE' && !relation.isBlockedBy;
}

/** Whether what the person made exists for the viewer: posts, comments, media, everything but the bare profile. */
export function canSeeWorkOf(sight: Sight): boolean {
  return canSeeUser(sight) && !(sight.viewerId !== sight.authorId && sight.relation.blocks);
}

/** Whether a post exists for the viewer. A mute hides nothing here: it only takes posts out of lists ({@link belongsInLists}). */
export function canSeePost(sight: Sight, audience: Audience): boolean {
  if (!canSeeWorkOf(sight)) return false;
  if (sight.viewerId === sight.authorId) return true;
  switch (audience) {
    case 'PUBLIC':
      return true;
    case 'FOLLOWERS':
      return sight.relation.isFollowing;
    case 'MUTUALS':
      return sight.relation.isFollowing && sight.relation.isFollowedBy;
    case 'ONLY_ME':
      return false;
  }
}

/** Whether what the person made may come to the viewer unasked: in feeds and under other people's posts. */
export function belongsInLists(sight: Sight): boolean {
  return canSeeWorkOf(sight) && !(sight.viewerId !== sight.authorId && sight.relation.mutes);
}
