import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '@plaza/kernel/idempotency-key';
import type { Sight } from '@plaza/visibility/can-see';

const MAX_TEXT = 10_000;
const MAX_MEDIA = 10;

/** Whether the viewer may read what somebody said: a block, either way, hides it. Who has closed their account has said it all the same. */
export const canReadMessage = ({ viewerId, authorId, relation }: Sight): boolean =>
  viewerId === authorId || !(relation.blocks || relation.isBlockedBy);

/** What is wrong with a message's text. */
export function faultsOfText(text: string): readonly FieldError[] {
  const check = new FieldErrors();
  check.that(text.trim() !== '', 'text', 'Write something.');
  check.that(text.length <= MAX_TEXT, 'text', `A message has at most ${MAX_TEXT} characters.`);
  check.that(!text.includes('\0'), 'text', 'This is no text.');
  return check.list;
}

/** What is wrong with a message by itself. */
export function faultsOfMessage(message: {
  readonly clientMessageId: string;
  readonly text: string | null;
  readonly mediaIds: readonly string[];
  readonly hasShared: boolean;
}): readonly FieldError[] {
  const { clientMessageId, text, mediaIds, hasShared } = message;
  const check = new FieldErrors();
  check.that(isIdempotencyKey(clientMessageId), 'clientMessageId', IDEMPOTENCY_KEY_RULE);
  if (text === null) check.that(mediaIds.length > 0 || hasShared, 'text', 'Write something.');
  else {
    for (const { path, message: fault } of faultsOfText(text)) check.that(false, path, fault);
  }
  check.that(mediaIds.length <= MAX_MEDIA, 'media', `A message has at most ${MAX_MEDIA} media.`);
  check.that(new Set(mediaIds).size === mediaIds.length, 'media', 'Each once.');
  return check.list;
}
