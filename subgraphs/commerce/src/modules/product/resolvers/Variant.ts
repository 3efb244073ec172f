import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { amountOf } from '../../../money/amount.js';
import type { VariantResolvers } from './../../types.generated.js';

export const Variant: VariantResolvers = {
  __resolveReference: async ({ id }, { loaders }) => {
    const variantId = fromTypeId('variant', id);
    return variantId === null ? null : loaders.variant.load(variantId);
  },
  id: ({ id }) => toTypeId('variant', id),
  price: ({ amountMinor, currencyCode }) => amountOf(amountMinor, currencyCode),
  product: async ({ productId }, _args, { loaders }) => {
    const product = await loaders.product.load(productId);
    if (product === null) throw new Error('a variant that is to be seen has a product that is not');
    return product;
  },
};
