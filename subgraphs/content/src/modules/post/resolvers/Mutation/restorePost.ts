import { fromTypeId } from '@plaza/kernel/type-id';
import type { MutationResolvers } from '../../../types.generated.js';
import { noSuchPost } from '../../post.answers.js';

export const restorePost: NonNullable<MutationResolvers['restorePost']> = async (_parent, { input }, ctx) => {
  const actor = ctx.actor();
  const postId = fromTypeId('post', input.postId);
  if (postId === null) return noSuchPost();
  const restoring = await ctx.services.post.restore(actor, postId);
  if (restoring.kind === 'notFound') return noSuchPost();
  const post = await ctx.loaders.post.visible.clear(postId).load(postId);
  return post === null ? noSuchPost() : { __typename: 'RestorePostOk', post };
};
