import { toTypeId } from '@plaza/kernel/type-id';
import { amountOf } from '../../../money/amount.js';
import type { OrderedVariantResolvers } from './../../types.generated.js';

export const OrderedVariant: OrderedVariantResolvers = {
  id: ({ variantId }) => toTypeId('variant', variantId),
  title: ({ variantTitle }) => variantTitle,
  price: ({ unitAmount, currencyCode }) => amountOf(unitAmount, currencyCode),
};
