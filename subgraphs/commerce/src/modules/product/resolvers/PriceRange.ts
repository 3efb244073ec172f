import type { PriceRangeResolvers } from './../../types.generated.js';

export const PriceRange: PriceRangeResolvers = {
  min: ({ minAmount, currencyCode }) => ({ amountMinor: minAmount, currencyCode }),
  max: ({ maxAmount, currencyCode }) => ({ amountMinor: maxAmount, currencyCode }),
};
