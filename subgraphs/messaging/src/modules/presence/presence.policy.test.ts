import type { Sight } from '@plaza/visibility/can-see';
import { STRANGERS } from '@plaza/visibility/relation';
import { describe, expect, it } from 'vitest';
import { canSeePresence, roughly } from './presence.policy.js';

const sight = (relation: Partial<Sight['relation']> = {}, more: Partial<Sight> = {}): Sight => ({
  viewerId: 'binh',
  authorId: 'anna',
  authorState: 'ACTIVE',
  relation: { ...STRANGERS, ...relation },
  ...more,
});
const FOLLOWED = { isFollowedBy: true };
const MUTUAL = { isFollowedBy: true, isFollowing: true };

describe('whether somebody is here', () => {
  it.each([
    ['EVERYBODY', sight(), true],
    ['EVERYBODY', sight({ blocks: true }), false],
    ['EVERYBODY', sight({ isBlockedBy: true }), false],
    ['EVERYBODY', sight({}, { authorState: 'SUSPENDED' }), false],
    ['EVERYBODY', sight({}, { viewerId: null }), false],
    ['FOLLOWING', sight({ isFollowing: true }), false],
    ['FOLLOWING', sight(FOLLOWED), true],
    ['MUTUALS', sight(FOLLOWED), false],
    ['MUTUALS', sight(MUTUAL), true],
    ['NOBODY', sight(MUTUAL), false],
    ['NOBODY', sight({}, { viewerId: 'anna' }), true],
  ] as const)('with the audience %s is seen as the relation says (%#)', (audience, seen, isSeen) => {
    expect(canSeePresence(seen, audience, 'MUTUALS')).toBe(isSeen);
    // Who hides it sees it of nobody but themselves.
    expect(canSeePresence(seen, audience, 'NOBODY')).toBe(isSeen && seen.viewerId === seen.authorId);
  });

  it('is told in steps of five minutes, never later than it was', () => {
    expect(roughly(new Date('2026-01-01T10:04:59.999Z'))).toEqual(new Date('2026-01-01T10:00:00Z'));
    expect(roughly(new Date('2026-01-01T10:05:00Z'))).toEqual(new Date('2026-01-01T10:05:00Z'));
  });
});
