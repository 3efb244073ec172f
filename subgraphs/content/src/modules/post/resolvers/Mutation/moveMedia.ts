import { fromTypeId } from '@plaza/kernel/type-id';
import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from '../../../types.generated.js';
import { noSuchPost, notYours, revisionConflict } from '../../post.answers.js';

export const moveMedia: NonNullable<MutationResolvers['moveMedia']> = async (_parent, { input }, ctx) => {
  const actor = ctx.actor();
  const postId = fromTypeId('post', input.postId);
  if (postId === null) return noSuchPost();
  const move = { mediaId: fromTypeId('media', input.mediaId), position: input.position };
  const editing = await ctx.services.post.moveMedia(actor, postId, input.expectedRevision, move);
  switch (editing.kind) {
    case 'edited': {
      const post = await ctx.loaders.post.visible.clear(postId).load(postId);
      return post === null ? noSuchPost() : { __typename: 'MoveMediaOk', post };
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
