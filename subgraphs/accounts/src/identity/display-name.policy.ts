import { isLine, lengthOf, tidy } from './text.policy.js';

const MAX_NAME = 50;

export const DISPLAY_NAME_RULE = `Use 1 to ${MAX_NAME} characters on one line.`;

/** A name as it is stored; null when it breaks the rule. */
export function cleanDisplayName(text: string): string | null {
  const name = tidy(text);
  return lengthOf(name) <= MAX_NAME && isLine(name) ? name : null;
}
