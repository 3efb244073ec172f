import { toTypeId } from '@plaza/kernel/type-id';
import { amountOf, times } from '../../../money/amount.js';
import type { CartLineResolvers } from './../../types.generated.js';

export const CartLine: CartLineResolvers = {
  id: ({ id }) => toTypeId('cartline', id),
  variant: async ({ variantId }, _args, { loaders }) => loaders.variant.load(variantId),
  total: async ({ variantId, quantity, seenAmount, currencyCode }, _args, { loaders }) => {
    const variant = await loaders.variant.load(variantId);
    return amountOf(times(variant?.amountMinor ?? seenAmount, quantity), currencyCode);
  },
  post: async ({ postId }, _args, { loaders }) => {
    const post = postId === null ? null : await loaders.post.load(postId);
    return post && { ref: toTypeId('post', post.postId) };
  },
};
