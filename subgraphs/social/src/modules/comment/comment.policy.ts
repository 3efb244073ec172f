import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '@plaza/kernel/idempotency-key';
import type { VisiblePost } from '../../looker.js';
import type { CommentRow } from './comment.store.js';

export const MAX_TEXT = 2_000;

export const canEdit = (viewerId: string, { authorId }: CommentRow): boolean => viewerId === authorId;

/** One's own comment, and any under one's own post. */
export const canDelete = (viewerId: string, { authorId }: CommentRow, post: VisiblePost): boolean =>
  viewerId === authorId || viewerId === post.authorId;

/** `text` is trimmed. */
export function checkText(text: string, errors = new FieldErrors()): readonly FieldError[] {
  errors.that(text.length >= 1, 'text', 'Write something.');
  errors.that(text.length <= MAX_TEXT, 'text', `At most ${MAX_TEXT} characters.`);
  errors.that(!text.includes('\0'), 'text', 'No NUL characters.');
  return errors.list;
}

export function checkNewComment(text: string, idempotencyKey: string): readonly FieldError[] {
  const errors = new FieldErrors();
  errors.that(isIdempotencyKey(idempotencyKey), 'idempotencyKey', IDEMPOTENCY_KEY_RULE);
  return checkText(text, errors);
}
