import type { SellerOrderResolvers } from './../../types.generated.js';

export const SellerOrder: Pick<SellerOrderResolvers, 'refunds' | '__resolveReference'> = {
  refunds: async ({ id }, _args, { loaders }) => loaders.refundsOf.load(id),
};
