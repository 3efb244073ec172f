import { fromTypeId } from '@plaza/kernel/type-id';
import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from '../../../types.generated.js';
import { draftMedia, draftProducts } from '../../draft.input.js';
import { noSuchPost, notYours, revisionConflict } from '../../post.answers.js';

export const editPost: NonNullable<MutationResolvers['editPost']> = async (_parent, { input }, ctx) => {
  const actor = ctx.actor();
  const postId = fromTypeId('post', input.postId);
  if (postId === null) return noSuchPost();
  const editing = await ctx.services.post.edit(actor, postId, input.expectedRevision, {
    text: input.text ?? undefined,
    media: input.media == null ? undefined : draftMedia(input.media),
    audience: input.audience ?? undefined,
    contentWarning: input.contentWarning,
    productIds: input.productIds == null ? undefined : draftProducts(input.productIds),
  });
  switch (editing.kind) {
    case 'edited': {
      ctx.loaders.media.clearAll();
      const post = await ctx.loaders.post.visible.clear(postId).load(postId);
      return post === null ? noSuchPost() : { __typename: 'EditPostOk', post };
    }
    case 'stale':
      return revisionConflict(editing.currentRevision);
    case 'notFound':
      return noSuchPost();
    case 'notAllowed':
      return notYours();
    case 'invalid':
      return invalid(editing.fields);
  }
};
