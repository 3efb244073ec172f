import { expect, it } from 'vitest';
import { OneATurn } from '../src/operations/one-a-turn.js';

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('is one piece of work in each turn of the event loop, in the order of its coming', async () => {
  const turns = new OneATurn();
  const done: number[] = [];
  const all = Promise.all([1, 2, 3, 4].map((piece) => turns.next().then(() => done.push(piece))));
  const seen: number[] = [];
  while (done.length < 4) {
    await turnOfTheLoop();
    seen.push(done.length);
  }
  await all;
  expect(done).toEqual([1, 2, 3, 4]);
  for (const [turn, count] of seen.entries()) expect(count - (seen[turn - 1] ?? 0)).toBeLessThanOrEqual(1);
});
