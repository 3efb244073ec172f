import { amountOf } from '../../../money/amount.js';
import type { PaymentEventResolvers } from './../../types.generated.js';

export const PaymentEvent: PaymentEventResolvers = {
  amount: ({ amount, currencyCode }) => amountOf(amount, currencyCode),
};
