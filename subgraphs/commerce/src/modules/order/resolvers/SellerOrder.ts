import { toTypeId } from '@plaza/kernel/type-id';
import { amountOf } from '../../../money/amount.js';
import { fulfillmentOf } from '../order.policy.js';
import type { SellerOrderResolvers } from './../../types.generated.js';

export const SellerOrder: SellerOrderResolvers = {
  id: ({ id }) => toTypeId('sellerorder', id),
  shop: async ({ shopId }, _args, { loaders }) => loaders.shop.load(shopId),
  fulfillmentStatus: async ({ id, status }, _args, { loaders }) => fulfillmentOf(status, await loaders.linesOf.load(id)),
  total: ({ totalAmount, currencyCode }) => amountOf(totalAmount, currencyCode),
  lines: async ({ id }, _args, { loaders }) => loaders.linesOf.load(id),
};
