import { conflict, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const cancelOrder: NonNullable<MutationResolvers['cancelOrder']> = async (_parent, { input }, ctx) => {
  const cancelling = await ctx.services.order.cancel(ctx.buyer.id, uuidOf('order', input.orderId));
  ctx.forget();
  switch (cancelling.kind) {
    case 'cancelled':
      return { __typename: 'CancelOrderOk', order: cancelling.order };
    case 'missing':
      return notFound('order');
    case 'conflict':
      return conflict(cancelling.from, 'CANCELLED');
  }
};
