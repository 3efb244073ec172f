import { toTypeId } from '@plaza/kernel/type-id';
import type { ProductResolvers } from '../../types.generated.js';

export const Product: ProductResolvers = {
  id: ({ id }) => toTypeId('product', id),
};
