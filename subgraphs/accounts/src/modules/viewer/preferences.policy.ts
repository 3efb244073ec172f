import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import type { PreferencesRow } from './viewer.store.js';

export const DEFAULT_PREFERENCES: PreferencesRow = {
  locale: 'en',
  timeZone: 'UTC',
  theme: 'SYSTEM',
  defaultAudience: 'PUBLIC',
  autoplayVideo: true,
  showSensitiveMedia: false,
  requireAltText: false,
};

/** What a person asks to change; left out: stays. */
export type PreferencesChange = { readonly [Name in keyof PreferencesRow]?: PreferencesRow[Name] | null | undefined };

export function cleanPreferences(change: PreferencesChange): {
  readonly errors: readonly FieldError[];
  readonly clean: Partial<PreferencesRow>;
} {
  const check = new FieldErrors();
  const locale = change.locale == null ? undefined : canonicalLocale(change.locale);
  check.that(locale !== null, 'locale', 'Use a BCP 47 tag such as en, vi or zh-Hans.');
  check.that(change.timeZone == null || isTimeZone(change.timeZone), 'timeZone', 'Use an IANA name such as Asia/Ho_Chi_Minh.');
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) check.that(value !== null, name, 'A preference cannot be cleared.');
  return { errors: check.list, clean: { ...Object.fromEntries(given), ...(locale != null && { locale }) } };
}

/** `ZH-hans` → `zh-Hans`. */
function canonicalLocale(text: string): string | null {
  try {
    return text.length <= 35 ? (Intl.getCanonicalLocales(text)[0] ?? null) : null;
  } catch {
    return null;
  }
}

/** A named zone: newer engines take offsets too, which know no summer. */
function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/u.test(text) || text.length > 50) return false;
  try {
    return Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
