import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { cleanDisplayName, DISPLAY_NAME_RULE } from '../../identity/display-name.policy.js';
import { foldEmail } from '../../identity/email.policy.js';
import { foldHandle, isReserved } from '../../identity/handle.policy.js';
import { passwordFlaw } from '../../passwords/password.policy.js';

export interface RegistrationInput {
  readonly handle: string;
  readonly displayName: string;
  readonly email: string;
  readonly password: string;
}

export type CleanRegistration =
  { readonly kind: 'clean'; readonly input: RegistrationInput } | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };

/** What can be said about a registration without looking at who is there already. */
export function cleanRegistration(input: RegistrationInput): CleanRegistration {
  const check = new FieldErrors();
  const handle = foldHandle(input.handle.trim());
  check.that(handle !== null, 'handle', 'Use 3 to 30 of a–z, 0–9 and _.');
  check.that(handle === null || !isReserved(handle), 'handle', 'This handle is reserved.');
  const displayName = cleanDisplayName(input.displayName);
  check.that(displayName !== null, 'displayName', DISPLAY_NAME_RULE);
  const email = foldEmail(input.email);
  check.that(email !== null, 'email', 'This is no e-mail address.');
  const flaw = passwordFlaw(input.password, [input.handle.trim(), input.email.trim(), input.displayName.trim()]);
  check.that(flaw === null, 'password', flaw ?? '');
  if (check.any || handle === null || displayName === null || email === null) return { kind: 'invalid', errors: check.list };
  return { kind: 'clean', input: { handle, displayName, email, password: input.password } };
}
