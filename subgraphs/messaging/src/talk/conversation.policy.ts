import { FieldErrors, type FieldError } from '@plaza/kernel/field-errors';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '@plaza/kernel/idempotency-key';
import { canSeeWorkOf, type Sight } from '@plaza/visibility/can-see';
import type { ConversationKind } from '../modules/conversation/conversation.store.js';

/** In a group when it is started, with whoever starts it. */
export const MAX_STARTING_MEMBERS = 100;
/** Larger conversations tell of messages by one line for several, and not of who has read. */
export const SMALL_CONVERSATION = 100;
const MAX_TITLE = 100;
const TITLE_RULE = `A title has 1 to ${MAX_TITLE} characters.`;

/** Who has nothing to do with somebody cannot draw them into a conversation: no block stands between them, and the account is there. */
export const canStartWith = (sight: Sight): boolean => canSeeWorkOf(sight);

/** Whether one may write into a conversation. `other` is the sight of the other one of a DIRECT conversation, null in a group. */
export function canWriteInto({ leftSeq }: { readonly leftSeq: number | null }, other: Sight | null): boolean {
  return leftSeq === null && (other === null || canSeeWorkOf(other));
}

/** What is wrong with the title of a group. */
export function faultsOfTitle(title: string): readonly FieldError[] {
  const isTitle = title.trim() !== '' && title.length <= MAX_TITLE && !title.includes('\0');
  return isTitle ? [] : [{ path: 'title', message: TITLE_RULE }];
}

/** What is wrong with a new conversation. */
export function faultsOfStart(input: {
  readonly idempotencyKey: string;
  readonly kind: ConversationKind;
  readonly others: readonly string[];
  readonly isWithSelf: boolean;
  readonly title: string | null;
}): readonly FieldError[] {
  const { idempotencyKey, kind, others, isWithSelf, title } = input;
  const check = new FieldErrors();
  check.that(isIdempotencyKey(idempotencyKey), 'idempotencyKey', IDEMPOTENCY_KEY_RULE);
  check.that(!isWithSelf, 'memberIds', 'Name the others only.');
  if (kind === 'DIRECT') {
    check.that(others.length === 1, 'memberIds', 'A DIRECT conversation has one other member.');
    check.that(title === null, 'title', 'A DIRECT conversation has no title.');
  } else {
    const most = MAX_STARTING_MEMBERS - 1;
    check.that(others.length >= 1 && others.length <= most, 'memberIds', `Name 1 to ${most} others.`);
    check.that(title !== null && faultsOfTitle(title).length === 0, 'title', TITLE_RULE);
  }
  return check.list;
}
