import { badUserInput } from '@plaza/kernel/fault';
import { pageSize } from '@plaza/kernel/page';
import { openSeq } from './message.cursor.js';

/** Which messages of a conversation are wanted. */
export interface MessagePage {
  readonly size: number;
  readonly isBackwards: boolean;
  /** After this one going forwards, before it going backwards; null: from the end where the page begins. */
  readonly from: number | null;
}

const USUAL = 30;

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** @throws Fault BAD_USER_INPUT for both ways at once, a size out of bounds and a foreign cursor. */
export function messagePage({ first, after, last, before }: PageArguments): MessagePage {
  const isForwards = first != null || after != null;
  if (isForwards && (last != null || before != null)) throw badUserInput('Ask for first and after, or for last and before.');
  const cursor = isForwards ? after : before;
  return {
    size: pageSize((isForwards ? first : last) ?? USUAL),
    isBackwards: !isForwards,
    from: cursor == null ? null : openSeq(cursor),
  };
}

/** The messages that a page may hold: those after `low` and before `high`. */
export function stretchOf({ isBackwards, from }: MessagePage, { since, end }: { readonly since: number; readonly end: number }) {
  const low = isBackwards || from === null ? since : Math.max(since, Math.min(from, end));
  const high = !isBackwards || from === null ? end + 1 : Math.max(since + 1, Math.min(from, end + 1));
  return { low, high };
}
