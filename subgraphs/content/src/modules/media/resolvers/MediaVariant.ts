import type { MediaVariantResolvers } from '../../types.generated.js';

export const MediaVariant: MediaVariantResolvers = {
  url: ({ of, name }, _args, ctx) => ctx.urlOf(of, `${name}.webp`) ?? '',
};
