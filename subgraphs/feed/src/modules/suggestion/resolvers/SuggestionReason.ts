import { toTypeId } from '@plaza/kernel/type-id';
import { sizeWithin } from '../../../sizes.js';
import type { SuggestionReasonResolvers } from './../../types.generated.js';

export const SuggestionReason: SuggestionReasonResolvers = {
  users: ({ userIds }, { first }) =>
    userIds.slice(0, sizeWithin(first, 10)).map((userId) => ({ __typename: 'User', id: toTypeId('user', userId) })),
};
