import { pageRequest, toConnection } from '@plaza/kernel/page';
import type { ShopResolvers } from './../../types.generated.js';

export const Shop: Pick<ShopResolvers, 'sellerOrders' | '__resolveReference'> = {
  sellerOrders: async ({ id, ownerId }, args, { scope, services }) => {
    const request = pageRequest(args);
    if (scope.viewer?.id !== ownerId) return null;
    const page = await services.order.ofShop(id, request);
    return toConnection(
      page,
      ({ soldAt, id: at }) => ({ at: soldAt, id: at }),
      (part) => part,
    );
  },
};
