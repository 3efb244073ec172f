import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import { conflict, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const refundOrder: NonNullable<MutationResolvers['refundOrder']> = async (_parent, { input }, ctx) => {
  const sellerOrderId = uuidOf('sellerorder', input.sellerOrderId);
  const refunding = await ctx.services.refund.refund(ctx.buyer.id, {
    idempotencyKey: input.idempotencyKey,
    sellerOrderId,
    lines: input.lines?.map(({ orderLineId, quantity }) => ({ orderLineId: uuidOf('orderline', orderLineId), quantity })) ?? null,
    amount: input.amount ?? null,
    restock: input.restock ?? false,
    reason: input.reason ?? '',
  });
  ctx.forget();
  switch (refunding.kind) {
    case 'begun': {
      const refund = (await ctx.loaders.refundsOf.load(sellerOrderId)).find(({ id }) => id === refunding.refundId);
      const sellerOrder = await ctx.loaders.sellerOrder.load(sellerOrderId);
      if (refund === undefined || sellerOrder === null) throw new Error('a refund that was begun is gone');
      return { __typename: 'RefundOrderOk', refund, sellerOrder };
    }
    case 'missing':
      return notFound('seller order');
    case 'conflict':
      return conflict(refunding.from, 'REFUNDED');
    case 'keyConflict':
      return keyConflict();
    case 'invalid':
      return invalid(refunding.fields);
  }
};
