import { fromTypeId } from '@plaza/kernel/type-id';
import { idOf } from '../../../results.js';
import type { CommentResolvers } from '../../types.generated.js';
import { commentConnection, commentPage } from '../comment-connection.js';

export const Comment: CommentResolvers = {
  __resolveReference: (reference, { loaders }) => {
    const id = fromTypeId('comment', 'ref' in reference ? reference.ref : reference.id);
    return id === null ? null : loaders.comment.seen.load(id);
  },
  id: ({ id }) => idOf('comment', id),
  ref: ({ id }) => idOf('comment', id),
  author: ({ authorId, isDeleted }) => (isDeleted ? null : { userId: authorId }),
  post: ({ postId }) => ({ postId }),
  replyTo: ({ replyToId }, _args, { loaders }) => (replyToId === null ? null : loaders.comment.seen.load(replyToId)),
  replies: async ({ id }, args, { loaders }) => {
    const page = commentPage(args, 'OLDEST');
    return commentConnection(await loaders.comment.under(page, id), page.sort);
  },
  viewerHasLiked: ({ id }, _args, { loaders }) => loaders.comment.likedByViewer.load(id),
};
