import { belongsInLists, type Sight } from '@plaza/visibility/can-see';

export const REASON_KINDS = ['FOLLOWED_BY', 'FOLLOWS_YOU', 'POPULAR'] as const;
export type ReasonKind = (typeof REASON_KINDS)[number];

/** Somebody whom the viewer does not follow, asked or dismissed, and what speaks for them. */
export interface Candidate {
  readonly userId: string;
  /** The closeness of each friend of the viewer's who follows them, added up; 0: none does. */
  readonly twoHop: number;
  /** Those friends, the closest first, at most ten. */
  readonly friends: readonly string[];
  readonly followsViewer: boolean;
  readonly isPopular: boolean;
  readonly followerCount: number;
}

export interface Reason {
  readonly kind: ReasonKind;
  /** Who bears it out. */
  readonly userIds: readonly string[];
}

export interface Suggestion {
  readonly userId: string;
  /** Never empty. */
  readonly reasons: readonly Reason[];
}

/** What is left of an interaction of a day ago (the EWMA of X's real graph: today + 0.955 × before). */
export const DAILY_DECAY = 0.955;

/** Interactions with somebody, each with its age in whole days, as one weight. */
export const interactionWeight = (agesInDays: readonly number[]): number => agesInDays.reduce((sum, days) => sum + DAILY_DECAY ** days, 0);

/** How close somebody is whom the viewer follows: 1 without interactions, growing ever more slowly. */
export const closeness = (weight: number): number => 1 + Math.log(1 + weight);

/** Somebody who follows the viewer counts as much as two of the viewer's friends following them. */
const FOLLOWS_VIEWER = 2;
/** Popularity never outweighs one friend. */
const MOST_POPULARITY = 0.5;
const POPULARITY_SCALE = 20;

export function scoreOf({ twoHop, followsViewer, isPopular, followerCount }: Candidate): number {
  const popularity = isPopular ? Math.min(MOST_POPULARITY, Math.log10(1 + followerCount) / POPULARITY_SCALE) : 0;
  return twoHop + (followsViewer ? FOLLOWS_VIEWER : 0) + popularity;
}

/** The likeliest first; of equals who has fewer followers, then the lower id: the same for the same data. */
export function ranked(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates
    .map((candidate) => ({ candidate, score: scoreOf(candidate) }))
    .toSorted(
      (a, b) =>
        b.score - a.score || a.candidate.followerCount - b.candidate.followerCount || (a.candidate.userId < b.candidate.userId ? -1 : 1),
    )
    .map(({ candidate }) => candidate);
}

/** Whether somebody may be suggested, as relations and states are now. */
export function maySuggest(sight: Sight): boolean {
  return sight.viewerId !== sight.authorId && belongsInLists(sight) && !sight.relation.isFollowing;
}

/** Whether somebody bears out a reason: the viewer follows them and may see them. The candidate, whom they follow, is seen already. */
export const bearsOut = (sight: Sight): boolean => belongsInLists(sight) && sight.relation.isFollowing;

/** Why somebody is suggested, for eyes that may see only some of their friends; null when nothing is left that may be said. */
export function suggestionOf(candidate: Candidate, sight: Sight, isSeen: (userId: string) => boolean): Suggestion | null {
  if (!maySuggest(sight)) return null;
  const { userId, friends, isPopular } = candidate;
  const seen = friends.filter(isSeen);
  const reasons: Reason[] = [];
  if (seen.length > 0) reasons.push({ kind: 'FOLLOWED_BY', userIds: seen });
  if (sight.relation.isFollowedBy) reasons.push({ kind: 'FOLLOWS_YOU', userIds: [] });
  if (isPopular) reasons.push({ kind: 'POPULAR', userIds: [] });
  return reasons.length === 0 ? null : { userId, reasons };
}
