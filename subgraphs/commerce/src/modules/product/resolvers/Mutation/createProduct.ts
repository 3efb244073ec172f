import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const createProduct: NonNullable<MutationResolvers['createProduct']> = async (_parent, { input }, ctx) => {
  const creating = await ctx.services.product.create(ctx.buyer, {
    ...input,
    description: input.description ?? '',
    shopId: uuidOf('shop', input.shopId),
    media: (input.media ?? []).map(({ mediaId, altText }) => ({ mediaId: uuidOf('media', mediaId), altText: altText ?? null })),
  });
  switch (creating.kind) {
    case 'created': {
      const product = await ctx.loaders.product.load(creating.productId);
      if (product === null) return notFound('shop');
      return { __typename: 'CreateProductOk', product };
    }
    case 'missing':
      return notFound('shop');
    case 'keyConflict':
      return keyConflict();
    case 'invalid':
      return invalid(creating.fields);
  }
};
