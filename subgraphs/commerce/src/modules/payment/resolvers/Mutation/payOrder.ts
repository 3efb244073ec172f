import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import { conflict, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const payOrder: NonNullable<MutationResolvers['payOrder']> = async (_parent, { input }, ctx) => {
  const { idempotencyKey, orderId, paymentMethod } = input;
  const paying = await ctx.services.payment.pay(ctx.buyer.id, { idempotencyKey, orderId: uuidOf('order', orderId), ...paymentMethod });
  ctx.forget();
  switch (paying.kind) {
    case 'paid':
    case 'pending': {
      const order = await ctx.loaders.order.load(paying.orderId);
      if (order === null) throw new Error('an order that is being paid is gone');
      return { __typename: 'PayOrderOk', order, nextAction: paying.nextAction ?? null };
    }
    case 'declined':
      return { __typename: 'PaymentDeclinedError', code: 'PAYMENT_DECLINED', message: 'The provider refused this payment.' };
    case 'missing':
      return notFound('order');
    case 'conflict':
      return conflict(paying.from, paying.to);
    case 'keyConflict':
      return keyConflict();
    case 'invalid':
      return invalid(paying.fields);
  }
};
