import { invalid } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const setCartLine: NonNullable<MutationResolvers['setCartLine']> = async (_parent, { input }, ctx) => {
  const setting = await ctx.services.cart.set(ctx.buyer, {
    variantId: uuidOf('variant', input.variantId),
    quantity: input.quantity,
    postId: input.postId == null ? null : uuidOf('post', input.postId),
  });
  ctx.forget();
  switch (setting.kind) {
    case 'set':
      return { __typename: 'SetCartLineOk', cart: setting.cart };
    case 'missing':
      return notFound('variant');
    case 'invalid':
      return invalid(setting.fields);
  }
};
