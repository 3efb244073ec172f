import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextMode } from './fanout.policy.js';

describe('how an actor is fanned out', () => {
  it.each([
    ['PUSH', 0, 'PUSH'],
    ['PUSH', 10_000, 'PUSH'],
    ['PUSH', 10_001, 'PULL'],
    ['PULL', 10_001, 'PULL'],
    ['PULL', 8_000, 'PULL'],
    ['PULL', 7_999, 'PUSH'],
  ] as const)('%s with %i followers is %s', (mode, followers, expected) => {
    expect(nextMode(mode, followers, 10_000)).toBe(expected);
  });

  it('changes at most once while followers come and go around one number', () => {
    fc.assert(
      fc.property(
        fc.nat(2_000),
        fc.constantFrom('PUSH' as const, 'PULL' as const),
        fc.array(fc.integer({ min: -50, max: 50 })),
        (around, start, steps) => {
          let mode = start;
          let changes = 0;
          for (const step of steps) {
            const next = nextMode(mode, Math.max(0, around + step), 1_000);
            changes += next === mode ? 0 : 1;
            mode = next;
          }
          expect(changes).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
