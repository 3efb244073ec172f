import { pageSize } from '@plaza/kernel/page';
import { connection } from '@plaza/db/full-pages';
import { type CommentSort, openCommentCursor, sealCommentCursor } from './comment.cursor.js';
import { type CommentPage, type CommentPageRequest, positionOf } from './comment.loaders.js';

/** @throws Fault BAD_USER_INPUT for a size out of bounds or a cursor of another order. */
export const commentPage = (
  { first, after }: { readonly first: number; readonly after?: string | null | undefined },
  sort: CommentSort,
): CommentPageRequest => ({ sort, first: pageSize(first), after: after == null ? null : openCommentCursor(sort, after) });

export const commentConnection = (page: CommentPage, sort: CommentSort) =>
  connection(
    page,
    positionOf,
    (position) => sealCommentCursor(sort, position),
    (node) => ({ node }),
  );
