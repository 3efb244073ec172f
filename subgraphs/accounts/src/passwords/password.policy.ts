import { lengthOf } from '../identity/text.policy.js';
import { COMMON_PASSWORDS } from './common-passwords.js';

export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 256;
/** UTF-16 code units beyond which nothing is a password in any spelling: nobody folds or hashes megabytes for a guest. */
export const MAX_PASSWORD_INPUT = 4 * MAX_PASSWORD;

/** One spelling, so that a password typed on another keyboard is the same (NIST SP 800-63B). */
export const normalPassword = (password: string): string => password.normalize('NFKC');

/** What is wrong with a new password, in words for the person; null when nothing is. `names` are what the person is called. */
export function passwordFlaw(password: string, names: readonly string[]): string | null {
  const normal = password.length > MAX_PASSWORD_INPUT ? '' : normalPassword(password);
  const length = lengthOf(normal);
  if (length < MIN_PASSWORD || length > MAX_PASSWORD) return `Use ${MIN_PASSWORD} to ${MAX_PASSWORD} characters.`;
  if (/\p{Surrogate}/u.test(normal)) return 'The password holds a broken character.';
  const folded = normal.toLowerCase();
  if (COMMON_PASSWORDS.has(folded) || /^(.)\1*$/u.test(folded)) return 'This password is among the first that anybody tries.';
  if (names.some((name) => name.toLowerCase() === folded)) return 'Do not use your own name or address.';
  return null;
}
