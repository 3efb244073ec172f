import { toTypeId } from '@plaza/kernel/type-id';
import { amountOf, times } from '../../../money/amount.js';
import type { OrderLineResolvers } from './../../types.generated.js';

export const OrderLine: OrderLineResolvers = {
  id: ({ id }) => toTypeId('orderline', id),
  title: ({ productTitle }) => productTitle,
  variant: (line) => line,
  total: ({ unitAmount, quantity, currencyCode }) => amountOf(times(unitAmount, quantity), currencyCode),
  attributedPost: async ({ postId }, _args, { loaders }) => {
    const post = postId === null ? null : await loaders.post.load(postId);
    return post && { ref: toTypeId('post', post.postId) };
  },
  refundedTotal: ({ refundedAmount, currencyCode }) => amountOf(refundedAmount, currencyCode),
};
