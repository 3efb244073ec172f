import { badUserInput } from '@plaza/kernel/fault';
import { toTypeId } from '@plaza/kernel/type-id';
import type { QueryResolvers } from './../../../types.generated.js';

const MAX_SUGGESTIONS = 20;

export const searchSuggestions: NonNullable<QueryResolvers['searchSuggestions']> = async (_parent, { prefix, first }, context) => {
  if (!Number.isInteger(first) || first < 0 || first > MAX_SUGGESTIONS) throw badUserInput(`first must be from 0 to ${MAX_SUGGESTIONS}.`);
  const { viewer, scope, people, services } = context;
  const found = await services.search.suggestions({ viewer, scope, people }, prefix, first);
  return found.map(({ kind, id, label }) =>
    kind === 'USER'
      ? { text: label, kind: 'USER' as const, user: { __typename: 'User' as const, id: toTypeId('user', id) } }
      : { text: label, kind: 'HASHTAG' as const, user: null },
  );
};
