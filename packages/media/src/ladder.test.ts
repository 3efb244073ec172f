import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LADDER, stepsFor, variantFor } from './ladder.js';

const names = (width: number) => stepsFor(width).map((step) => `${step.name}:${step.width}`);

describe('the ladder', () => {
  it.each([
    [1, ['w160:1']],
    [160, ['w160:160']],
    [161, ['w160:160', 'w320:161']],
    [500, ['w160:160', 'w320:320', 'w640:500']],
    [2048, ['w160:160', 'w320:320', 'w640:640', 'w1080:1080', 'w1600:1600', 'w2048:2048']],
    [6000, ['w160:160', 'w320:320', 'w640:640', 'w1080:1080', 'w1600:1600', 'w2048:2048']],
  ])('of a picture %i pixels wide is %j', (width, steps) => {
    expect(names(width)).toEqual(steps);
  });

  it('never goes above the original and never has more than six steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), (width) => {
        const steps = stepsFor(width);
        expect(steps.length).toBeGreaterThan(0);
        expect(steps.length).toBeLessThanOrEqual(LADDER.length);
        expect(Math.max(...steps.map((step) => step.width))).toBe(Math.min(width, 2048));
      }),
    );
  });
});

describe('the variant for a width', () => {
  const variants = stepsFor(500);

  it.each([
    [1, 'w160'],
    [160, 'w160'],
    [161, 'w320'],
    [640, 'w640'],
    [2048, 'w640'],
    [undefined, 'w640'],
    [null, 'w640'],
  ])('%s is the next step, or the largest: %s', (width, name) => {
    expect(variantFor(variants, width)?.name).toBe(name);
  });

  it('is missing while there are none', () => {
    expect(variantFor([], 160)).toBeNull();
  });
});
