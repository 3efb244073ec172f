import { fromTypeId } from '@plaza/kernel/type-id';
import type { MutationResolvers } from '../../../types.generated.js';
import { noSuchPost, notYours } from '../../post.answers.js';

export const deletePost: NonNullable<MutationResolvers['deletePost']> = async (_parent, { input }, ctx) => {
  const actor = ctx.actor();
  const postId = fromTypeId('post', input.postId);
  if (postId === null) return noSuchPost();
  const deleting = await ctx.services.post.delete(actor, postId);
  ctx.loaders.post.visible.clear(postId);
  switch (deleting.kind) {
    case 'deleted':
      return { __typename: 'DeletePostOk', postId: input.postId, restorableUntil: deleting.restorableUntil };
    case 'notFound':
      return noSuchPost();
    case 'notAllowed':
      return notYours();
  }
};
