import { amountOf } from '../../../money/amount.js';
import type { RefundLineResolvers } from './../../types.generated.js';

export const RefundLine: RefundLineResolvers = {
  amount: ({ amount, line }) => amountOf(amount, line.currencyCode),
};
