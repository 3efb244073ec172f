import { describe, expect, it } from 'vitest';
import { Refusals } from './refusals.js';

describe('a place where something is refused', () => {
  it('rests longer each time, until it was the last', () => {
    const refusals = new Refusals(9);
    expect(Array.from({ length: 9 }, () => refusals.refused('p', 'a'))).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, null]);
  });

  it('counts each fact and each place by itself', () => {
    const refusals = new Refusals(2);
    expect(refusals.refused('p', 'a')).not.toBeNull();
    expect(refusals.refused('q', 'a')).not.toBeNull();
    expect(refusals.refused('p', 'b')).not.toBeNull();
    expect(refusals.refused('p', 'b')).toBeNull();
  });

  it('counts nothing while something else is away', () => {
    const refusals = new Refusals(2);
    expect(refusals.refused('p', 'a')).toBe(100);
    for (let n = 0; n < 100; n += 1) expect(refusals.wait('p')).toBeLessThanOrEqual(5_000);
    expect(refusals.refused('p', 'a')).toBeNull();
  });

  it('begins anew when something was taken', () => {
    const refusals = new Refusals(2);
    refusals.refused('p', 'a');
    refusals.taken('p');
    expect(refusals.refused('p', 'a')).toBe(100);
  });
});
