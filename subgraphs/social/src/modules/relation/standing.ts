import type { Relation } from '@plaza/visibility/relation';

/** All of how one person stands to another; the rules of visibility need only the {@link Relation} in it. */
export interface Standing extends Relation {
  readonly otherId: string;
  /** They were asked and have not answered. */
  readonly hasAsked: boolean;
  /** Null without a mute or without an end. */
  readonly mutedUntil: Date | null;
}

export const noStanding = (otherId: string): Standing => ({
  otherId,
  isFollowing: false,
  isFollowedBy: false,
  hasAsked: false,
  blocks: false,
  isBlockedBy: false,
  mutes: false,
  mutedUntil: null,
});
