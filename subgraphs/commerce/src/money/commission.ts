const WHOLE = 10_000n;

/** What Plaza keeps of an amount, in hundredths of a percent, rounded half up. */
export const commissionOf = (amount: bigint, basisPoints: number): bigint => (2n * amount * BigInt(basisPoints) + WHOLE) / (2n * WHOLE);

/**
 * What of a commission belongs to the first `amount` of a `total`, rounded half up. A refund gives back the difference of two of these, so refunds of
 * the whole give back the whole commission, however many they are.
 */
export const commissionWithin = (commission: bigint, amount: bigint, total: bigint): bigint =>
  total === 0n ? 0n : (2n * commission * amount + total) / (2n * total);
