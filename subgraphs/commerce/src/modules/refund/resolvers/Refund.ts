import { toTypeId } from '@plaza/kernel/type-id';
import { amountOf } from '../../../money/amount.js';
import type { RefundResolvers } from './../../types.generated.js';

export const Refund: RefundResolvers = {
  id: ({ id }) => toTypeId('refund', id),
  amount: ({ amount, currencyCode }) => amountOf(amount, currencyCode),
  lines: async ({ id, sellerOrderId }, _args, { loaders }) => {
    const [lines, parts] = await Promise.all([loaders.linesOf.load(sellerOrderId), loaders.refundLinesOf.load(id)]);
    return parts.flatMap(({ orderLineId, quantity, amount }) =>
      lines.filter((line) => line.id === orderLineId).map((line) => ({ line, quantity, amount })),
    );
  },
};
