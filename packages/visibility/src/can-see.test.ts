import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Audience, type AuthorState, belongsInLists, canSeePost, canSeeUser, canSeeWorkOf, type Sight } from './can-see.js';
import { type Relation, STRANGERS } from './relation.js';

const AUTHOR = 'author';
const VIEWER = 'viewer';

/** The ten kinds of viewer. */
const VIEWERS: Readonly<Record<string, { readonly id: string | null; readonly relation: Relation }>> = {
  guest: { id: null, relation: STRANGERS },
  author: { id: AUTHOR, relation: STRANGERS },
  stranger: { id: VIEWER, relation: STRANGERS },
  follower: { id: VIEWER, relation: { ...STRANGERS, isFollowing: true } },
  followed: { id: VIEWER, relation: { ...STRANGERS, isFollowedBy: true } },
  mutual: { id: VIEWER, relation: { ...STRANGERS, isFollowing: true, isFollowedBy: true } },
  blocked: { id: VIEWER, relation: { ...STRANGERS, isBlockedBy: true } },
  blocker: { id: VIEWER, relation: { ...STRANGERS, blocks: true } },
  muter: { id: VIEWER, relation: { ...STRANGERS, isFollowing: true, isFollowedBy: true, mutes: true } },
  'blocked both ways': { id: VIEWER, relation: { ...STRANGERS, blocks: true, isBlockedBy: true } },
};

/** The fifth state, a locked account, is ACTIVE here: a lock stands before following, not before seeing. */
const STATES: Readonly<Record<string, AuthorState>> = {
  active: 'ACTIVE',
  locked: 'ACTIVE',
  deactivated: 'DEACTIVATED',
  suspended: 'SUSPENDED',
  erased: 'ERASED',
};

/**
 * The oracle, written as people would say it: who sees posts of an author in good standing. P public, F followers, M mutuals, O only me. A
 * muter of this table follows and is followed.
 */
const POSTS_OF_AN_ACTIVE_AUTHOR: Readonly<Record<string, string>> = {
  guest: 'P',
  author: 'PFMO',
  stranger: 'P',
  follower: 'PF',
  followed: 'P',
  mutual: 'PFM',
  blocked: '',
  blocker: '',
  muter: 'PFM',
  'blocked both ways': '',
};
/** Who sees the person. */
const PEOPLE_OF_AN_ACTIVE_AUTHOR = new Set(['guest', 'author', 'stranger', 'follower', 'followed', 'mutual', 'blocker', 'muter']);
/** Those who are away are there for themselves; those who were erased for nobody. */
const AWAY = new Set(['deactivated', 'suspended']);
const LETTERS: Readonly<Record<Audience, string>> = { PUBLIC: 'P', FOLLOWERS: 'F', MUTUALS: 'M', ONLY_ME: 'O' };
const AUDIENCES = Object.keys(LETTERS) as Audience[];

function oracle(viewer: string, state: string): { readonly person: boolean; readonly posts: string } {
  if (state === 'erased') return { person: false, posts: '' };
  if (AWAY.has(state)) return viewer === 'author' ? { person: true, posts: 'PFMO' } : { person: false, posts: '' };
  return { person: PEOPLE_OF_AN_ACTIVE_AUTHOR.has(viewer), posts: POSTS_OF_AN_ACTIVE_AUTHOR[viewer] ?? '' };
}

function sightOf(viewer: string, state: string): Sight {
  const { id, relation } = VIEWERS[viewer] ?? { id: null, relation: STRANGERS };
  return { viewerId: id, authorId: AUTHOR, authorState: STATES[state] ?? 'ERASED', relation };
}

describe.each(Object.keys(STATES))('an author who is %s', (state) => {
  describe.each(Object.keys(VIEWERS))('before %s', (viewer) => {
    const sight = sightOf(viewer, state);
    const expected = oracle(viewer, state);

    it(`is${expected.person ? '' : ' not'} there`, () => {
      expect(canSeeUser(sight)).toBe(expected.person);
    });

    it.each(AUDIENCES)('shows or hides a post for %s', (audience) => {
      expect(canSeePost(sight, audience)).toBe(expected.posts.includes(LETTERS[audience]));
    });
  });
});

const relation = fc.record({
  isFollowing: fc.boolean(),
  isFollowedBy: fc.boolean(),
  blocks: fc.boolean(),
  isBlockedBy: fc.boolean(),
  mutes: fc.boolean(),
});
const sight = fc.record({
  viewerId: fc.constantFrom(VIEWER, AUTHOR),
  authorId: fc.constant(AUTHOR),
  authorState: fc.constantFrom<AuthorState>('ACTIVE', 'DEACTIVATED', 'SUSPENDED', 'ERASED'),
  relation,
});
const audience = fc.constantFrom<Audience>(...AUDIENCES);
/** How the same two stand to each other, seen from the other side. */
const turned = (one: Relation): Relation => ({
  isFollowing: one.isFollowedBy,
  isFollowedBy: one.isFollowing,
  blocks: one.isBlockedBy,
  isBlockedBy: one.blocks,
  mutes: false,
});

describe('whatever else holds', () => {
  it('a block hides posts both ways', () => {
    fc.assert(
      fc.property(relation, audience, (between, who) => {
        const blocked = { ...between, blocks: true };
        const there: Sight = { viewerId: VIEWER, authorId: AUTHOR, authorState: 'ACTIVE', relation: blocked };
        const back: Sight = { viewerId: AUTHOR, authorId: VIEWER, authorState: 'ACTIVE', relation: turned(blocked) };
        expect([canSeePost(there, who), canSeePost(back, who)]).toEqual([false, false]);
      }),
    );
  });

  it('a post for its author alone is seen by nobody else', () => {
    fc.assert(
      fc.property(sight, (any) => {
        fc.pre(any.viewerId !== AUTHOR);
        expect(canSeePost(any, 'ONLY_ME')).toBe(false);
      }),
    );
  });

  it('a narrower audience never shows more', () => {
    fc.assert(
      fc.property(sight, (any) => {
        const seen = (['ONLY_ME', 'MUTUALS', 'FOLLOWERS', 'PUBLIC'] as const).map((who) => canSeePost(any, who));
        expect(seen).toEqual(seen.toSorted((one, other) => Number(one) - Number(other)));
      }),
    );
  });

  it('whoever sees a post sees its author, and work lies between the two', () => {
    fc.assert(
      fc.property(sight, audience, (any, who) => {
        const seen = [canSeePost(any, who), canSeeWorkOf(any), canSeeUser(any)];
        expect(seen).toEqual(seen.toSorted((one, other) => Number(one) - Number(other)));
      }),
    );
  });

  it('a mute takes out of lists and hides nothing', () => {
    fc.assert(
      fc.property(sight, audience, (any, who) => {
        const muted = { ...any, relation: { ...any.relation, mutes: true } };
        const heard = { ...any, relation: { ...any.relation, mutes: false } };
        expect(canSeePost(muted, who)).toBe(canSeePost(heard, who));
        expect(belongsInLists(muted)).toBe(any.viewerId === AUTHOR && canSeeWorkOf(any));
      }),
    );
  });

  it('what comes unasked could also be asked for', () => {
    fc.assert(
      fc.property(sight, (any) => {
        fc.pre(belongsInLists(any));
        expect(canSeeWorkOf(any)).toBe(true);
      }),
    );
  });

  it('nobody who was erased is there, for themselves either', () => {
    fc.assert(
      fc.property(sight, audience, (any, who) => {
        expect(canSeePost({ ...any, authorState: 'ERASED' }, who)).toBe(false);
      }),
    );
  });
});
