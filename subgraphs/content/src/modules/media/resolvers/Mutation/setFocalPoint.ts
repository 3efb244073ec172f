import { fromTypeId } from '@plaza/kernel/type-id';
import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from '../../../types.generated.js';
import { noSuchMedia } from '../../media.answers.js';

export const setFocalPoint: NonNullable<MutationResolvers['setFocalPoint']> = async (_parent, { input }, ctx) => {
  const { viewer } = ctx.actor();
  const set = await ctx.services.media.setFocalPoint(viewer.id, fromTypeId('media', input.mediaId), input.x, input.y);
  switch (set.kind) {
    case 'set': {
      const media = await ctx.loaders.media.clear(set.mediaId).load(set.mediaId);
      return media === null ? noSuchMedia() : { __typename: 'SetFocalPointOk', media };
    }
    case 'missing':
      return noSuchMedia();
    case 'invalid':
      return invalid(set.fields);
  }
};
