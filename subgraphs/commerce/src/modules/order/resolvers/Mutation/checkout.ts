import { toTypeId } from '@plaza/kernel/type-id';
import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from './../../../types.generated.js';

export const checkout: NonNullable<MutationResolvers['checkout']> = async (_parent, { input }, ctx) => {
  const { shippingAddress: address } = input;
  const outcome = await ctx.services.checkout.checkout(ctx.buyer, {
    idempotencyKey: input.idempotencyKey,
    expectedTotal: input.expectedTotal,
    shippingAddress: { ...address, line2: address.line2 ?? null, region: address.region ?? null },
    shippingMethodId: input.shippingMethodId ?? null,
  });
  ctx.forget();
  switch (outcome.kind) {
    case 'placed': {
      const order = await ctx.loaders.order.load(outcome.orderId);
      if (order === null) throw new Error('an order that was placed is gone');
      return { __typename: 'CheckoutOk', order };
    }
    case 'outOfStock':
      return {
        __typename: 'OutOfStockError',
        code: 'OUT_OF_STOCK',
        message: 'Less is left than you want.',
        lines: outcome.lines.map((line) => ({ ...line, lineId: toTypeId('cartline', line.lineId) })),
      };
    case 'totalChanged':
      return {
        __typename: 'TotalChangedError',
        code: 'TOTAL_CHANGED',
        message: 'The cart costs something else than you were shown.',
        expected: outcome.expected,
        actual: outcome.actual,
      };
    case 'keyConflict':
      return keyConflict();
    case 'invalid':
      return invalid(outcome.fields);
  }
};
