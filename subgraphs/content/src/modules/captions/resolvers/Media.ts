import type { MediaResolvers } from '../../types.generated.js';

export const Media: Pick<MediaResolvers, 'captions' | '__resolveReference'> = {
  async captions(media, _args, ctx) {
    return media.hls === null ? [] : (await ctx.loaders.captions.load(media.id)).map((row) => ({ ...row, of: media }));
  },
};
