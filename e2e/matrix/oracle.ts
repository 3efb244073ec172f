/** How a viewer stands to the author of what they look at. */
export const VIEWERS = [
  'guest',
  'author',
  'stranger',
  'requested',
  'follower',
  'followed',
  'mutual',
  'blocker',
  'blocked',
  'muter',
] as const;
export type ViewerKind = (typeof VIEWERS)[number];

export const STATES = ['ACTIVE', 'LOCKED', 'DEACTIVATED', 'SUSPENDED', 'ERASED'] as const;
export type StateKind = (typeof STATES)[number];

export const AUDIENCES = ['PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME'] as const;
export type AudienceKind = (typeof AUDIENCES)[number];

const isThere = (state: StateKind): boolean => state === 'ACTIVE' || state === 'LOCKED';

/** Whether the author exists for the viewer: written from the words of the contract, not from the code that is tested. */
export function seesAuthor(viewer: ViewerKind, state: StateKind): boolean {
  if (viewer === 'author') return state !== 'ERASED';
  return isThere(state) && viewer !== 'blocked';
}

/** Whether the author's comments exist for the viewer. */
export function seesWork(viewer: ViewerKind, state: StateKind): boolean {
  return seesAuthor(viewer, state) && viewer !== 'blocker';
}

/** Whether a post of the author's exists for the viewer. */
export function seesPost(viewer: ViewerKind, state: StateKind, audience: AudienceKind): boolean {
  if (!seesWork(viewer, state)) return false;
  if (viewer === 'author' || audience === 'PUBLIC') return true;
  if (audience === 'FOLLOWERS') return viewer === 'follower' || viewer === 'mutual';
  return audience === 'MUTUALS' && viewer === 'mutual';
}
