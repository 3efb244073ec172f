import { toTypeId } from '@plaza/kernel/type-id';
import type { SuggestedUserResolvers } from './../../types.generated.js';

export const SuggestedUser: SuggestedUserResolvers = {
  user: ({ userId }) => ({ __typename: 'User', id: toTypeId('user', userId) }),
};
