import { toTypeId } from '@plaza/kernel/type-id';
import { referencedId } from '@plaza/subgraph/reference';
import type { ProductResolvers } from './../../types.generated.js';

export const Product: ProductResolvers = {
  __resolveReference: async (reference, { loaders }) => {
    const id = referencedId('product', reference);
    return id === null ? null : loaders.product.load(id);
  },
  id: ({ id }) => toTypeId('product', id),
  ref: ({ id }) => toTypeId('product', id),
  priceRange: (product) => product,
  shop: async ({ shopId }, _args, { loaders }) => {
    const shop = await loaders.shop.load(shopId);
    if (shop === null) throw new Error('a product that is to be seen has a shop that is not');
    return shop;
  },
  variants: async ({ id }, _args, { loaders }) => loaders.variantsOf.load(id),
  media: ({ mediaIds }) => mediaIds.map((id) => ({ id: toTypeId('media', id) })),
};
