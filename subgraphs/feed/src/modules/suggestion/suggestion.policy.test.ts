import { STRANGERS } from '@plaza/visibility/relation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, closeness, interactionWeight, maySuggest, ranked, scoreOf, suggestionOf } from './suggestion.policy.js';

const somebody = (more: Partial<Candidate> = {}): Candidate => ({
  userId: 'c',
  twoHop: 0,
  friends: [],
  followsViewer: false,
  isPopular: false,
  followerCount: 0,
  ...more,
});

const sight = (more: Partial<typeof STRANGERS> = {}, authorState: 'ACTIVE' | 'SUSPENDED' = 'ACTIVE', authorId = 'c') => ({
  viewerId: 'v',
  authorId,
  authorState,
  relation: { ...STRANGERS, ...more },
});

describe('how close somebody is', () => {
  it.each<[string, readonly number[], number]>([
    ['nothing', [], 0],
    ['one today', [0], 1],
    ['one yesterday', [1], 0.955],
    ['one each of three days', [0, 1, 2], 2.867025],
    ['one of fifteen days ago', [15], 0.501246],
    ['one of ninety days ago', [90], 0.015867],
  ])('%s weighs', (_name, ages, weight) => {
    expect(interactionWeight(ages)).toBeCloseTo(weight, 4);
  });

  it('is the published average: today and 0.955 of what was', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 30 }), fc.nat(9), (ages, today) => {
        const tomorrow = [...ages.map((age) => age + 1), ...Array.from({ length: today }, () => 0)];
        expect(interactionWeight(tomorrow)).toBeCloseTo(today + 0.955 * interactionWeight(ages), 9);
      }),
    );
  });

  it('is 1 without interactions and grows ever more slowly', () => {
    expect(closeness(0)).toBe(1);
    expect(closeness(Math.E - 1)).toBeCloseTo(2, 12);
  });
});

describe('the order', () => {
  it('puts two friends before one, one before popularity, and a follower between two friends and three', () => {
    const [one, two, three] = [1, 2.1, 3].map((twoHop) => somebody({ userId: `${twoHop}`, twoHop }));
    const fan = somebody({ userId: 'fan', followsViewer: true });
    const star = somebody({ userId: 'star', isPopular: true, followerCount: 1_000_000_000 });
    expect(ranked([star, one, fan, two, three].map((candidate) => candidate ?? fan)).map(({ userId }) => userId)).toEqual([
      '3',
      '2.1',
      'fan',
      '1',
      'star',
    ]);
  });

  it('prefers small accounts among equals, then the lower id', () => {
    const [a, b, c] = [
      somebody({ userId: 'a', followerCount: 9 }),
      somebody({ userId: 'b', followerCount: 2 }),
      somebody({ userId: 'c', followerCount: 2 }),
    ];
    expect(ranked([c, a, b]).map(({ userId }) => userId)).toEqual(['b', 'c', 'a']);
  });

  it('does not depend on the order in which candidates come', () => {
    const candidate = fc.record({
      userId: fc.uuid(),
      twoHop: fc.constantFrom(0, 1, 2, 2.5),
      friends: fc.constant([]),
      followsViewer: fc.boolean(),
      isPopular: fc.boolean(),
      followerCount: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.uniqueArray(candidate, { selector: ({ userId }) => userId, maxLength: 20 }), fc.nat(), (candidates, seed) => {
        const shuffled = candidates.toSorted(
          (a, b) => ((a.userId.charCodeAt(0) * (seed + 1)) % 7) - ((b.userId.charCodeAt(0) * (seed + 1)) % 7),
        );
        expect(ranked(shuffled)).toEqual(ranked(candidates));
        const scores = ranked(candidates).map(scoreOf);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      }),
    );
  });
});

describe('who is suggested', () => {
  it.each<[string, ReturnType<typeof sight>, boolean]>([
    ['a stranger', sight(), true],
    ['who follows the viewer', sight({ isFollowedBy: true }), true],
    ['whom the viewer follows', sight({ isFollowing: true }), false],
    ['whom the viewer blocks', sight({ blocks: true }), false],
    ['who blocks the viewer', sight({ isBlockedBy: true }), false],
    ['whom the viewer mutes', sight({ mutes: true }), false],
    ['who is suspended', sight({}, 'SUSPENDED'), false],
    ['oneself', sight({}, 'ACTIVE', 'v'), false],
  ])('%s', (_name, given, expected) => {
    expect(maySuggest(given)).toBe(expected);
  });

  it('says only reasons that the viewer may see, and nobody without one', () => {
    const candidate = somebody({ friends: ['x', 'y'], followsViewer: true });
    const seesOnly =
      (...ids: readonly string[]) =>
      (id: string) =>
        ids.includes(id);
    expect(suggestionOf(candidate, sight(), seesOnly('y'))?.reasons).toEqual([{ kind: 'FOLLOWED_BY', userIds: ['y'] }]);
    expect(suggestionOf(candidate, sight(), seesOnly())).toBeNull();
    expect(suggestionOf({ ...candidate, isPopular: true }, sight({ isFollowedBy: true }), seesOnly('x', 'y'))?.reasons).toEqual([
      { kind: 'FOLLOWED_BY', userIds: ['x', 'y'] },
      { kind: 'FOLLOWS_YOU', userIds: [] },
      { kind: 'POPULAR', userIds: [] },
    ]);
  });
});
