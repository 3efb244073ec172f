import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from './../../../types.generated.js';

export const openShop: NonNullable<MutationResolvers['openShop']> = async (_parent, { input }, ctx) => {
  const opening = await ctx.services.shop.open(ctx.buyer.id, { ...input, description: input.description ?? '' });
  switch (opening.kind) {
    case 'opened':
      return { __typename: 'OpenShopOk', shop: opening.shop };
    case 'keyConflict':
      return keyConflict();
    case 'invalid':
      return invalid(opening.fields);
  }
};
