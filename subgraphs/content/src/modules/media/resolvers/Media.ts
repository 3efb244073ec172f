import { badUserInput } from '@plaza/kernel/fault';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { variantFor } from '@plaza/media/ladder';
import type { MediaResolvers } from '../../types.generated.js';

const MAX_WIDTH = 2048;

export const Media: MediaResolvers = {
  async __resolveReference(reference, ctx) {
    if ('pass' in reference) {
      const handed = fromTypeId('media', ctx.passes.open(reference.pass, ctx.viewer?.id ?? null) ?? '');
      return handed === null ? null : ctx.loaders.handedMedia.load(handed);
    }
    const id = fromTypeId('media', 'id' in reference ? reference.id : reference.ref);
    return id === null ? null : ctx.loaders.media.load(id);
  },
  id: ({ id }) => toTypeId('media', id),
  ref: ({ id }) => toTypeId('media', id),
  pass: ({ id }) => toTypeId('media', id),
  progress: ({ status, progress }) => (status === 'PROCESSING' ? progress : null),
  failure: ({ failureCode }) => (failureCode === null ? null : { code: failureCode }),
  focalPoint: ({ focalX, focalY }) => (focalX === null || focalY === null ? null : { x: focalX, y: focalY }),
  hlsUrl: (media, _args, ctx) => (media.hls === null || media.isHanded ? null : ctx.urlOf(media, media.hls)),
  async captions(media, _args, ctx) {
    return media.hls === null || media.isHanded ? [] : (await ctx.loaders.captions.load(media.id)).map((row) => ({ ...row, of: media }));
  },
  variants: (media) => media.variants.map(({ name, width, height }) => ({ name, width, height, of: media })),
  url(media, { width, format }, ctx) {
    if (width != null && (width < 1 || width > MAX_WIDTH)) throw badUserInput(`width must be from 1 to ${MAX_WIDTH}.`);
    const variant = variantFor(media.variants, width);
    if (variant === null || (format === 'AVIF' && !media.hasAvif)) return null;
    return ctx.urlOf(media, `${variant.name}.${format === 'AVIF' ? 'avif' : 'webp'}`);
  },
};
