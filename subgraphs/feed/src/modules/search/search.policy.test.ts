import { STRANGERS } from '@plaza/visibility/relation';
import type { Sight } from '@plaza/visibility/can-see';
import { expect, it } from 'vitest';
import { belongsInResult, mayBeFound } from './search.policy.js';

const sight = (change: Partial<Sight['relation']> = {}, more: Partial<Sight> = {}): Sight => ({
  viewerId: 'me',
  authorId: 'other',
  authorState: 'ACTIVE',
  relation: { ...STRANGERS, ...change },
  ...more,
});

it.each([
  ['a stranger', sight(), true, true, true],
  ['a guest’s sight of anybody', sight({}, { viewerId: null }), true, true, true],
  ['who is blocked by the viewer', sight({ blocks: true }), false, false, false],
  ['who blocks the viewer', sight({ isBlockedBy: true }), false, false, false],
  ['who is muted', sight({ mutes: true }), true, false, true],
  ['the viewer', sight({}, { authorId: 'me' }), true, true, true],
  ['who is suspended', sight({}, { authorState: 'SUSPENDED' }), false, false, false],
  ['who is erased', sight({}, { authorState: 'ERASED' }), false, false, false],
])('of %s', (_who, author, isFound, belongs, belongsWhenNamed) => {
  expect(mayBeFound(author)).toBe(isFound);
  expect(belongsInResult(author, false)).toBe(belongs);
  expect(belongsInResult(author, true)).toBe(belongsWhenNamed);
});
