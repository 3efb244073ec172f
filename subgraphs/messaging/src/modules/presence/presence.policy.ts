import { canSeeWorkOf, type Sight } from '@plaza/visibility/can-see';
import type { PresenceAudience } from '../preference/preference.store.js';

/** How exactly it is told when somebody was last here. */
const STEP_MS = 5 * 60_000;

/** Whether somebody lets the viewer see whether they are here. Who hides it from everybody sees it of nobody. */
export function canSeePresence(sight: Sight, audience: PresenceAudience, own: PresenceAudience): boolean {
  const { viewerId, authorId, relation } = sight;
  if (viewerId === null || !canSeeWorkOf(sight)) return false;
  if (viewerId === authorId) return true;
  if (own === 'NOBODY') return false;
  switch (audience) {
    case 'EVERYBODY':
      return true;
    case 'FOLLOWING':
      return relation.isFollowedBy;
    case 'MUTUALS':
      return relation.isFollowedBy && relation.isFollowing;
    case 'NOBODY':
      return false;
  }
}

/** Rounded down, so that nobody's minutes can be watched. */
export const roughly = (moment: Date): Date => new Date(Math.floor(moment.getTime() / STEP_MS) * STEP_MS);
