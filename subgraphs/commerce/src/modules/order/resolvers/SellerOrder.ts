import { toTypeId } from '@plaza/kernel/type-id';
import { referencedId } from '@plaza/subgraph/reference';
import { amountOf } from '../../../money/amount.js';
import { fulfillmentOf } from '../order.policy.js';
import type { SellerOrderResolvers } from './../../types.generated.js';

export const SellerOrder: Pick<
  SellerOrderResolvers,
  | 'commission'
  | 'fulfillmentStatus'
  | 'id'
  | 'lines'
  | 'number'
  | 'shippingAddress'
  | 'shop'
  | 'soldAt'
  | 'status'
  | 'total'
  | '__resolveReference'
> = {
  __resolveReference: async (reference, { loaders }) => {
    const id = referencedId('sellerorder', reference);
    return id === null ? null : loaders.sellerOrder.load(id);
  },
  id: ({ id }) => toTypeId('sellerorder', id),
  shop: async ({ shopId }, _args, { loaders }) => loaders.shop.load(shopId),
  fulfillmentStatus: async ({ id, status }, _args, { loaders }) => fulfillmentOf(status, await loaders.linesOf.load(id)),
  total: ({ totalAmount, currencyCode }) => amountOf(totalAmount, currencyCode),
  lines: async ({ id }, _args, { loaders }) => loaders.linesOf.load(id),
  number: ({ number }) => String(number),
  shippingAddress: ({ address }) => address,
  commission: ({ commissionAmount, currencyCode, ...part }, _args, { scope, services }) =>
    services.order.isSoldBy(scope.viewer?.id ?? null, part) ? amountOf(commissionAmount, currencyCode) : null,
};
