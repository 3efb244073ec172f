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

/** '1250' with two digits is '12.50'. */
function decimal(amountMinor: string, digits: number): `${number}` {
  const whole = amountMinor.padStart(digits + 1, '0');
  const at = whole.length - digits;
  const text = digits === 0 ? whole : `${whole.slice(0, at)}.${whole.slice(at)}`;
  return text as `${number}`; // digits of a bigint column
}
