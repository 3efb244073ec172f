import { toTypeId } from '@plaza/kernel/type-id';
import { amountOf } from '../../../money/amount.js';
import type { PaymentResolvers } from './../../types.generated.js';

const SHOWN = 20;

export const Payment: PaymentResolvers = {
  id: ({ id }) => toTypeId('payment', id),
  amount: ({ amount, currencyCode }) => amountOf(amount, currencyCode),
  events: async ({ id, orderId }, _args, { loaders }) =>
    (await loaders.paymentEventsOf.load(orderId)).filter(({ paymentId }) => paymentId === id).slice(0, SHOWN),
};
