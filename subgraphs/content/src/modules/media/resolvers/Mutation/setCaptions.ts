import { fromTypeId } from '@plaza/kernel/type-id';
import { invalid } from '@plaza/subgraph/user-errors';
import { noSuchMedia } from '../../media.answers.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const setCaptions: NonNullable<MutationResolvers['setCaptions']> = async (_parent, { input }, ctx) => {
  const { language, webvtt } = input;
  const set = await ctx.services.captions.set(ctx.actor().viewer.id, {
    mediaId: fromTypeId('media', input.mediaId),
    language,
    webvtt: webvtt ?? null,
  });
  switch (set.kind) {
    case 'set': {
      const media = await ctx.loaders.media.clear(set.mediaId).load(set.mediaId);
      ctx.loaders.captions.clear(set.mediaId);
      return media === null ? noSuchMedia() : { __typename: 'SetCaptionsOk', media };
    }
    case 'missing':
      return noSuchMedia();
    case 'invalid':
      return invalid(set.fields);
  }
};
