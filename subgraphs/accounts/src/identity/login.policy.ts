import type { AuthorState } from '@plaza/visibility/can-see';
import { foldEmail } from './email.policy.js';
import { foldMention } from './handle.policy.js';

/** A handle (with or without @) or an e-mail address as it is stored; null for what can be neither. */
export function foldIdentifier(text: string): string | null {
  const trimmed = text.trim();
  return foldMention(trimmed) ?? foldEmail(trimmed);
}

/** One who deactivated the account may come back to it; moderation and erasure lock out. */
export const mayLogIn = (state: AuthorState): boolean => state === 'ACTIVE' || state === 'DEACTIVATED';
