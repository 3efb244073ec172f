import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Turnstile } from './turnstile.js';

it('lets two in at a time, in the order of their coming, and survives who fails', async () => {
  const turnstile = new Turnstile(2);
  const [entered, inside] = [[] as number[], { now: 0, most: 0 }];
  const visits = Array.from({ length: 10 }, (_, index) =>
    turnstile.pass(async () => {
      entered.push(index);
      inside.now += 1;
      inside.most = Math.max(inside.most, inside.now);
      await pause(2);
      inside.now -= 1;
      if (index % 3 === 0) throw new Error(`visit ${index}`);
      return index;
    }),
  );
  const results = await Promise.allSettled(visits);

  expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(inside.most).toBe(2);
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual(results.map((_, index) => index % 3 !== 0));
  expect(await turnstile.pass(async () => 'still open')).toBe('still open');
});
