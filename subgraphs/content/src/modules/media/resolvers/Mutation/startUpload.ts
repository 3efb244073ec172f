import { toTypeId } from '@plaza/kernel/type-id';
import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from '../../../types.generated.js';
import { alreadyUploaded, quotaExceeded, unsupportedMedia } from '../../media.answers.js';

export const startUpload: NonNullable<MutationResolvers['startUpload']> = async (_parent, { input }, ctx) => {
  const { fileName, contentType, sha256, trim, watermark: isMarked } = input;
  const started = await ctx.services.uploads.start(ctx.actor(), {
    fileName,
    contentType,
    sha256,
    byteSize: input.byteSize,
    trim: trim == null ? null : { startMs: trim.startMs ?? 0, endMs: trim.endMs ?? null },
    isMarked: isMarked ?? false,
  });
  switch (started.kind) {
    case 'started':
    case 'known': {
      const media = await ctx.loaders.media.clear(started.mediaId).load(started.mediaId);
      // Nobody but its owner is here, and a media that was just found can only have been taken back by them meanwhile.
      if (media === null) return null;
      if (started.kind === 'known') return alreadyUploaded(media);
      return { __typename: 'StartUploadOk', media, uploadUrl: ctx.uploadUrl(toTypeId('media', started.mediaId)) };
    }
    case 'unsupported':
      return unsupportedMedia();
    case 'full':
      return quotaExceeded(started.breach);
    case 'invalid':
      return invalid(started.fields);
  }
};
