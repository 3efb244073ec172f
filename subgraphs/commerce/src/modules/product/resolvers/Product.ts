import { toTypeId } from '@plaza/kernel/type-id';
import { referencedId } from '@plaza/subgraph/reference';
import type { ProductResolvers } from './../../types.generated.js';

export const Product: ProductResolvers = {
  __resolveReference: async (reference, { loaders }) => {
    const id = referencedId('product', reference);
    return id === null ? null : loaders.productOnSale.load(id);
  },
  id: ({ id }) => toTypeId('product', id),
  ref: ({ id }) => toTypeId('product', id),
  priceRange: (product) => product,
};
