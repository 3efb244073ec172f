import { badUserInput } from '@plaza/kernel/fault';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { variantFor } from '@plaza/media/ladder';
import type { MediaResolvers } from '../../types.generated.js';

const MAX_WIDTH = 2048;

export const Media: MediaResolvers = {
  async __resolveReference(reference, ctx) {
    const id = fromTypeId('media', 'id' in reference ? reference.id : reference.ref);
    return id === null ? null : ctx.loaders.media.load(id);
  },
  id: ({ id }) => toTypeId('media', id),
  ref: ({ id }) => toTypeId('media', id),
  variants: (media) => media.variants.map(({ name, width, height }) => ({ name, width, height, of: media })),
  url(media, { width }, ctx) {
    if (width != null && (width < 1 || width > MAX_WIDTH)) throw badUserInput(`width must be from 1 to ${MAX_WIDTH}.`);
    const variant = variantFor(media.variants, width);
    return variant === null ? null : ctx.urlOf(media, variant.name);
  },
};
