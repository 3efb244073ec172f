import type { FieldErrors } from '@plaza/kernel/field-errors';
import { isText } from '../../refusal.js';

/** Where the goods go. */
export interface Address {
  readonly name: string;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string;
}

const MAX_LINE = 120;
const MAX_POSTAL_CODE = 20;
const COUNTRY = /^[A-Z]{2}$/;
/** CLDR has a name for this one as well. */
const UNKNOWN = 'ZZ';
const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Notes what is wrong with an address; its `path` in the input is `shippingAddress`. */
export function checkAddress(errors: FieldErrors, address: Address): void {
  const fits = (text: string | null, least: number, most: number): boolean =>
    text === null || (text.trim().length >= least && text.trim().length <= most && isText(text));
  for (const field of ['name', 'line1', 'city'] as const)
    errors.that(fits(address[field], 1, MAX_LINE), `shippingAddress.${field}`, `1 to ${MAX_LINE} characters.`);
  for (const field of ['line2', 'region'] as const)
    errors.that(fits(address[field], 0, MAX_LINE), `shippingAddress.${field}`, `At most ${MAX_LINE} characters.`);
  errors.that(fits(address.postalCode, 1, MAX_POSTAL_CODE), 'shippingAddress.postalCode', `1 to ${MAX_POSTAL_CODE} characters.`);
  const isCountry = COUNTRY.test(address.countryCode) && address.countryCode !== UNKNOWN && names.of(address.countryCode) !== undefined;
  errors.that(isCountry, 'shippingAddress.countryCode', 'A country is a code of ISO 3166-1 alpha-2.');
}
