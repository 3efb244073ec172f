import type { FieldErrors } from '@plaza/kernel/field-errors';

/** Money: a whole number of the currency's smallest unit, as text because it may be larger than a number holds exactly. */
export interface Amount {
  readonly amountMinor: string;
  readonly currencyCode: string;
}

/** For people, in English, with as many digits as the currency has: $12.50, ₫95,000, ¥800. Exact, however large. */
export function formatAmount({ amountMinor, currencyCode }: Amount): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currencyCode });
  return format.format(decimal(amountMinor, format.resolvedOptions().maximumFractionDigits ?? 0));
}

/** So many of one price. */
export const times = (amount: bigint | string, quantity: number): bigint => BigInt(amount) * BigInt(quantity);

export const amountOf = (amount: bigint | string, currencyCode: string): Amount => ({ amountMinor: String(amount), currencyCode });

/** The same money, however many zeros lead it. */
export const isSame = (one: Amount, other: Amount): boolean =>
  one.currencyCode === other.currencyCode && BigInt(one.amountMinor) === BigInt(other.amountMinor);

const MINOR = /^\d{1,15}$/;
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Notes what is wrong with money that somebody gave; `path` is that of the object. */
export function checkAmount(errors: FieldErrors, path: string, { amountMinor, currencyCode }: Amount): void {
  errors.that(MINOR.test(amountMinor), `${path}.amountMinor`, 'An amount is a whole number of 0 or more, with at most 15 digits.');
  errors.that(CURRENCIES.has(currencyCode), `${path}.currencyCode`, 'A currency is a code of ISO 4217.');
}

/** '1250' with two digits is '12.50'. */
function decimal(amountMinor: string, digits: number): `${number}` {
  const whole = amountMinor.padStart(digits + 1, '0');
  const at = whole.length - digits;
  const text = digits === 0 ? whole : `${whole.slice(0, at)}.${whole.slice(at)}`;
  return text as `${number}`; // digits of a bigint column
}
