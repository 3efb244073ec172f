import { describe, expect, it } from 'vitest';
import { ShortTurns } from '../src/operations/short-turns.js';

/** How many pieces were done after each turn of the event loop, of pieces that take so long. */
async function turnsOf(pieces: readonly number[]): Promise<readonly number[]> {
  let now = 0;
  const turns = new ShortTurns(() => now);
  const done: number[] = [];
  const all = Promise.all(
    pieces.map((took, piece) =>
      turns.take(() => {
        now += took;
        done.push(piece);
      }),
    ),
  );
  const seen: number[] = [];
  while (done.length < pieces.length) {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(done.length);
  }
  await all;
  expect(done).toEqual([...pieces.keys()]);
  return seen;
}

describe('work in short turns', () => {
  it('leaves everybody else their turn between two long pieces', async () => {
    expect(await turnsOf([20, 20, 20])).toEqual([1, 2, 3]);
  });

  it('does small pieces together', async () => {
    expect(await turnsOf([1, 1, 1, 1, 1, 1, 1])).toEqual([5, 7]);
    expect(await turnsOf([1, 20, 1])).toEqual([2, 3]);
  });

  it('gives each what it came to, and goes on after one that failed', async () => {
    const turns = new ShortTurns();
    const broken = turns.take(() => {
      throw new Error('broken');
    });
    const whole = turns.take(() => 'whole');
    await expect(broken).rejects.toThrow('broken');
    expect(await whole).toBe('whole');
    expect(await turns.take(() => 'later')).toBe('later');
  });
});
