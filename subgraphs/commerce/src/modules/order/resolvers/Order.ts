import { toTypeId } from '@plaza/kernel/type-id';
import { referencedId } from '@plaza/subgraph/reference';
import { PaymentService } from '../../payment/payment.service.js';
import { amountOf } from '../../../money/amount.js';
import type { OrderResolvers } from './../../types.generated.js';

export const Order: OrderResolvers = {
  __resolveReference: async (reference, { loaders }) => {
    const id = referencedId('order', reference);
    return id === null ? null : loaders.order.load(id);
  },
  id: ({ id }) => toTypeId('order', id),
  ref: ({ id }) => toTypeId('order', id),
  number: ({ number }) => String(number),
  paymentStatus: async ({ id, totalAmount }, _args, { loaders }) =>
    PaymentService.statusOf(totalAmount, await loaders.paymentEventsOf.load(id)),
  total: ({ totalAmount, currencyCode }) => amountOf(totalAmount, currencyCode),
  sellerOrders: async ({ id }, _args, { loaders }) => loaders.sellerOrdersOf.load(id),
  shippingAddress: ({ address }) => address,
  payments: async ({ id }, _args, { loaders }) => loaders.paymentsOf.load(id),
};
