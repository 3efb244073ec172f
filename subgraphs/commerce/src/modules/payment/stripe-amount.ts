import type { Amount } from '../../money/amount.js';

/** Stripe's smallest units differ from those of the currency in these: https://docs.stripe.com/currencies#zero-decimal */
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
/** The last of the three digits must be 0. */
const WITH_THREE: ReadonlySet<string> = new Set('BHD JOD KWD OMR TND'.split(' '));

/** What Stripe calls an amount: in its own smallest unit. Null when Stripe cannot take it to the last digit. */
export function stripeAmount({ amountMinor, currencyCode }: Amount): { readonly amount: string; readonly currency: string } | null {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: currencyCode }).resolvedOptions().maximumFractionDigits ?? 0;
  const theirs = WITHOUT_DECIMALS.has(currencyCode) ? 0 : WITH_THREE.has(currencyCode) ? 3 : 2;
  const scaled = BigInt(amountMinor) * 10n ** BigInt(theirs);
  const unit = 10n ** BigInt(digits);
  if (scaled % unit !== 0n) return null;
  const amount = scaled / unit;
  return theirs === 3 && amount % 10n !== 0n ? null : { amount: String(amount), currency: currencyCode.toLowerCase() };
}
