import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { cleanDisplayName, DISPLAY_NAME_RULE } from '../../identity/display-name.policy.js';
import { isLine, isText, lengthOf, tidy } from '../../identity/text.policy.js';

export const MAX_FIELDS = 4;
const MAX_BIO = 500;
const MAX_FIELD_NAME = 30;
const MAX_FIELD_VALUE = 255;

/** What a person asks to change. Left out: stays. Null: cleared, where that is possible. */
export interface ProfileChange {
  readonly displayName?: string | null | undefined;
  readonly bio?: string | null | undefined;
  readonly isLocked?: boolean | null | undefined;
  readonly isDiscoverable?: boolean | null | undefined;
  readonly fields?: readonly { readonly name: string; readonly value: string }[] | null | undefined;
}

/** The same, tidied and within the rules. */
export interface CleanProfileChange {
  readonly displayName?: string;
  readonly bio?: string | null;
  readonly isLocked?: boolean;
  readonly isDiscoverable?: boolean;
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
}

export function cleanProfileChange(change: ProfileChange): { readonly errors: readonly FieldError[]; readonly clean: CleanProfileChange } {
  const check = new FieldErrors();
  const displayName = change.displayName == null ? change.displayName : cleanDisplayName(change.displayName);
  check.that(displayName !== null, 'displayName', DISPLAY_NAME_RULE);
  const bio = change.bio == null ? change.bio : tidy(change.bio);
  check.that(bio == null || (lengthOf(bio) <= MAX_BIO && isText(bio)), 'bio', `Use at most ${MAX_BIO} characters.`);
  check.that(change.isLocked !== null, 'isLocked', 'Say true or false.');
  check.that(change.isDiscoverable !== null, 'isDiscoverable', 'Say true or false.');
  check.that(change.fields !== null, 'fields', 'Send an empty list to clear the fields.');
  const fields = change.fields?.slice(0, MAX_FIELDS + 1).map(({ name, value }) => ({ name: tidy(name), value: tidy(value) }));
  check.that((fields?.length ?? 0) <= MAX_FIELDS, 'fields', `There can be at most ${MAX_FIELDS} fields.`);
  for (const [place, { name, value }] of fields?.slice(0, MAX_FIELDS).entries() ?? []) {
    check.that(
      isLine(name) && lengthOf(name) <= MAX_FIELD_NAME,
      `fields.${place}.name`,
      `Use 1 to ${MAX_FIELD_NAME} characters on one line.`,
    );
    check.that(
      isLine(value) && lengthOf(value) <= MAX_FIELD_VALUE,
      `fields.${place}.value`,
      `Use 1 to ${MAX_FIELD_VALUE} characters on one line.`,
    );
  }
  return {
    errors: check.list,
    clean: {
      ...(displayName != null && { displayName }),
      ...(bio !== undefined && { bio: bio === '' ? null : bio }),
      ...(change.isLocked != null && { isLocked: change.isLocked }),
      ...(change.isDiscoverable != null && { isDiscoverable: change.isDiscoverable }),
      ...(fields !== undefined && { fields }),
    },
  };
}

/** The page that a field's value is, if it is one that can be asked: https, no port, no password. */
export function linkIn(value: string): URL | null {
  if (!value.startsWith('https://') || !URL.canParse(value)) return null;
  const url = new URL(value);
  return url.port === '' && url.username === '' && url.password === '' ? url : null;
}
