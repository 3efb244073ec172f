import type { SellerOrderResolvers } from './../../types.generated.js';

export const SellerOrder: Pick<SellerOrderResolvers, 'shipments' | '__resolveReference'> = {
  shipments: async ({ id }, _args, { loaders }) => loaders.shipmentsOf.load(id),
};
