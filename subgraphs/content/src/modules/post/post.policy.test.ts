import { STRANGERS } from '@plaza/visibility/relation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audiencesFor, canonicalLanguage, checkDraft, checkMove, hearsOfMention, moved } from './post.policy.js';

describe('a language', () => {
  it.each<[string, string | null]>([
    ['en', 'en'],
    ['EN-us', 'en-US'],
    ['zh-hans', 'zh-Hans'],
    ['vi', 'vi'],
    ['en-u-ca-gregory', 'en-u-ca-gregory'],
    ['', null],
    ['e', null],
    ['en_US', null],
    ['en-', null],
    ['x-private', null],
    ['en-toolongsubtag', null],
    ['en\0', null],
  ])('%j is kept as %j', (tag, kept) => {
    expect(canonicalLanguage(tag)).toBe(kept);
  });

  it('fits the events whatever was given', () => {
    const tags = fc.string({ unit: fc.constantFrom('a', 'Z', '1', '-', 'e', 'n'), maxLength: 20 });
    const fits = (kept: string | null) => kept === null || /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(kept);
    expect(fc.check(fc.property(tags, (tag) => fits(canonicalLanguage(tag)))).failed).toBe(false);
  });
});

describe('a draft', () => {
  it('is told of at most twenty broken rules', () => {
    const media = Array.from({ length: 30 }, () => ({ mediaId: 'same', altText: 'x'.repeat(2_000) }));
    const check = checkDraft({
      text: 'x'.repeat(9_000),
      media,
      contentWarning: '',
      language: '',
      productIds: Array.from({ length: 30 }, () => 'same'),
    });
    expect(check.list).toHaveLength(20);
  });
});

describe('audiences of an author before a viewer', () => {
  const sight = { viewerId: 'v', authorId: 'a', authorState: 'ACTIVE' as const, relation: STRANGERS };

  it.each([
    ['a stranger', STRANGERS, ['PUBLIC']],
    ['a follower', { ...STRANGERS, isFollowing: true }, ['PUBLIC', 'FOLLOWERS']],
    ['one who is followed', { ...STRANGERS, isFollowedBy: true }, ['PUBLIC']],
    ['a mutual follower', { ...STRANGERS, isFollowing: true, isFollowedBy: true }, ['PUBLIC', 'FOLLOWERS', 'MUTUALS']],
    ['one who is blocked', { ...STRANGERS, isBlockedBy: true }, []],
  ])('for %s', (_name, relation, expected) => {
    expect(audiencesFor({ ...sight, relation })).toEqual(expected);
  });

  it('are all for the author', () => {
    expect(audiencesFor({ ...sight, viewerId: 'a' })).toHaveLength(4);
  });
});

describe('a mention', () => {
  // The author before the mentioned person: who follows whom is seen from the author's side.
  const author = { viewerId: 'author', authorId: 'mentioned', authorState: 'ACTIVE' as const, relation: STRANGERS };

  it.each([
    ['their follower, of a post for followers', { isFollowedBy: true }, 'FOLLOWERS', true],
    ['one whom they follow, of a post for followers', { isFollowing: true }, 'FOLLOWERS', false],
    ['a stranger, of a public post', {}, 'PUBLIC', true],
    ['one who blocks them', { isBlockedBy: true, isFollowedBy: true }, 'PUBLIC', false],
    ['one whom they block', { blocks: true, isFollowedBy: true }, 'PUBLIC', false],
    ['anybody, of a post for nobody', { isFollowedBy: true, isFollowing: true }, 'ONLY_ME', false],
  ] as const)('is heard by %s', (_name, relation, audience, hears) => {
    expect(hearsOfMention({ ...author, relation: { ...STRANGERS, ...relation } }, audience)).toBe(hears);
  });

  it('is not heard by oneself, nor by who is away', () => {
    expect(hearsOfMention({ ...author, authorId: 'author' }, 'PUBLIC')).toBe(false);
    expect(hearsOfMention({ ...author, authorState: 'SUSPENDED' }, 'PUBLIC')).toBe(false);
  });
});

describe('a media that is moved', () => {
  it('stands where it was put, and the others are in the order they had', () => {
    const albums = fc
      .uniqueArray(fc.uuid(), { minLength: 1, maxLength: 20 })
      .chain((ids) => fc.record({ ids: fc.constant(ids), mediaId: fc.constantFrom(...ids), position: fc.nat({ max: ids.length - 1 }) }));
    fc.assert(
      fc.property(albums, ({ ids, mediaId, position }) => {
        expect(checkMove(ids, { mediaId, position }).any).toBe(false);
        const after = moved(ids, { mediaId, position });
        expect(after[position]).toBe(mediaId);
        expect(after.filter((id) => id !== mediaId)).toEqual(ids.filter((id) => id !== mediaId));
      }),
    );
  });
});
