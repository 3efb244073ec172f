import { notAllowed, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const repost: NonNullable<MutationResolvers['repost']> = async (_parent, { input }, ctx) => {
  const postId = uuidOf('post', input.postId);
  const outcome = await ctx.services.repost.repost(ctx.looker, postId);
  ctx.forget();
  switch (outcome) {
    case 'done':
      return { __typename: 'RepostOk', post: { postId } };
    case 'missing':
      return notFound('post');
    case 'notAllowed':
      return notAllowed('Only public posts are reposted.');
  }
};
