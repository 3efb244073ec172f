import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commissionOf, commissionWithin } from '../../src/money/commission.js';
import { prorate } from '../../src/money/prorate.js';
import { histories, play } from './history.js';
import { Rules } from './rules.js';

/** The same histories each time; another number is another ten thousand. */
const SEED = 20_261_121;

it('ten thousand histories by the rules alone: every move is legal, and what is worked out is what happened to each piece and each cent', async () => {
  const property = fc.asyncProperty(histories(20), async (history) => play(history, new Rules(history.lines)));
  await expect(fc.assert(property, { numRuns: 10_000, seed: SEED })).resolves.toBeUndefined();
}, 120_000);

const amounts = fc.bigInt({ min: 0n, max: 10n ** 12n });

describe('an amount that is spread', () => {
  it('is the sum of its parts, none of which is off by one or larger than its weight', () => {
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1, maxLength: 20 }), fc.bigInt({ min: 0n, max: 10_000n }), (weights, share) => {
        const whole = weights.reduce((sum, weight) => sum + weight, 0n);
        const amount = (whole * share) / 10_000n;
        const parts = prorate(amount, weights);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount);
        for (const [index, part] of parts.entries()) {
          const weight = weights[index] ?? 0n;
          expect(part >= 0n && part <= weight).toBe(true);
          const off = part * whole - amount * weight;
          expect(off < whole || whole === 0n).toBe(true);
          expect(-off < whole || whole === 0n).toBe(true);
        }
      }),
    );
  });

  it('cannot be spread over nothing', () => {
    expect(prorate(0n, [0n, 0n])).toEqual([0n, 0n]);
    expect(() => prorate(1n, [0n])).toThrow('over nothing');
  });
});

describe('a commission', () => {
  it.each([
    [1_005n, 1_000, 101n],
    [1_004n, 1_000, 100n],
    [0n, 5_000, 0n],
  ])('of %s at %i is %s', (amount, basisPoints, commission) => {
    expect(commissionOf(amount, basisPoints)).toBe(commission);
  });

  it('is given back as a whole by refunds of the whole, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 10_000n }), { minLength: 1, maxLength: 20 }),
        fc.nat(5_000),
        (refunds, basisPoints) => {
          const total = refunds.reduce((sum, refund) => sum + refund, 0n);
          const commission = commissionOf(total, basisPoints);
          let [before, given] = [0n, 0n];
          for (const refund of refunds) {
            given += commissionWithin(commission, before + refund, total) - commissionWithin(commission, before, total);
            before += refund;
          }
          expect(given).toBe(commission);
        },
      ),
    );
  });
});
