/** How a viewer stands to another person. `blocks` and `isBlockedBy` are never shown to the other side. */
export interface Relation {
  readonly isFollowing: boolean;
  readonly isFollowedBy: boolean;
  readonly blocks: boolean;
  readonly isBlockedBy: boolean;
  readonly mutes: boolean;
}

/** Two people who have nothing to do with each other; also a guest and anybody. */
export const STRANGERS: Relation = { isFollowing: false, isFollowedBy: false, blocks: false, isBlockedBy: false, mutes: false };
