/**
 * Spreads an amount over weights by the largest remainder: the parts sum to the amount, none is off by a whole unit, and none is larger than its
 * weight as long as the amount is not larger than all of them. `weights`: 0 or more each, and together more than 0 unless the amount is 0.
 */
export function prorate(amount: bigint, weights: readonly bigint[]): readonly bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) {
    if (amount !== 0n) throw new Error('an amount is spread over nothing');
    return weights.map(() => 0n);
  }
  const parts = weights.map((weight, index) => ({ index, part: (amount * weight) / whole, rest: (amount * weight) % whole }));
  let left = amount - parts.reduce((sum, { part }) => sum + part, 0n);
  for (const one of parts.toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))) {
    if (left === 0n) break;
    one.part += 1n;
    left -= 1n;
  }
  return parts.map(({ part }) => part);
}
