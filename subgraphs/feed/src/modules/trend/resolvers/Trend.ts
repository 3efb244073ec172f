import { toTypeId } from '@plaza/kernel/type-id';
import { sizeWithin } from '../../../sizes.js';
import { nameOf } from '../subject-name.js';
import type { TrendRow } from '../trend.store.js';
import type { TrendResolvers } from './../../types.generated.js';

export const Trend: TrendResolvers = {
  name: ({ kind, subject }) => nameOf(kind, subject),
  accounts: async (trend, { first }, { scope, people, services }) => {
    const userIds = await services.trends.accounts({ scope, people }, trend, sizeWithin(first, 20));
    return userIds.map((userId) => ({ __typename: 'User', id: toTypeId('user', userId) }));
  },
  subject: subjectOf,
};

function subjectOf({ kind, subject }: TrendRow) {
  switch (kind) {
    case 'LINK':
      return null;
    case 'HASHTAG':
      return { __typename: 'Hashtag' as const, name: subject };
    case 'POST':
      return { __typename: 'Post' as const, id: nameOf(kind, subject) };
    case 'PRODUCT':
      return { __typename: 'Product' as const, id: nameOf(kind, subject) };
    case 'USER':
      return { __typename: 'User' as const, id: nameOf(kind, subject) };
  }
}
