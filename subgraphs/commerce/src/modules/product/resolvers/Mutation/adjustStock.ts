import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const adjustStock: NonNullable<MutationResolvers['adjustStock']> = async (_parent, { input }, ctx) => {
  const adjusting = await ctx.services.product.adjustStock(ctx.buyer, { ...input, variantId: uuidOf('variant', input.variantId) });
  switch (adjusting.kind) {
    case 'adjusted': {
      const variant = await ctx.loaders.variant.load(uuidOf('variant', input.variantId));
      return variant === null ? notFound('variant') : { __typename: 'AdjustStockOk', variant };
    }
    case 'missing':
      return notFound('variant');
    case 'keyConflict':
      return keyConflict();
    case 'invalid':
      return invalid(adjusting.fields);
  }
};
