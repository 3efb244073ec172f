import { register } from 'prom-client';
import { afterEach, expect, it, vi } from 'vitest';
import { LookedUp } from './looked-up.js';

let count = 0;
/** Each test's own gauge: the register is the process's. */
const fresh = () => {
  const name = `plaza_test_${String((count += 1))}`;
  return { name, gauges: new LookedUp({ [name]: 'For a test.' }, ['of'] as const) };
};
const told = async (name: string): Promise<string[]> => (await register.getSingleMetricAsString(name)).split('\n').slice(2);

afterEach(() => void vi.useRealTimers());

it('tells what every look finds, and nothing of one that failed', async () => {
  const { name, gauges } = fresh();
  gauges.add(async () => [{ name, labels: { of: 'one' }, value: 1 }]);
  gauges.add(async () => Promise.reject(new Error('away')));
  gauges.add(async () => [{ name, labels: { of: 'two' }, value: 2 }]);

  expect(await told(name)).toEqual([`${name}{of="one"} 1`, `${name}{of="two"} 2`]);
});

it('leaves out a look that does not come back', async () => {
  const { name, gauges } = fresh();
  gauges.add(async () => new Promise(() => undefined));
  gauges.add(async () => [{ name, labels: { of: 'one' }, value: 1 }]);
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const page = told(name);
  await vi.advanceTimersByTimeAsync(1_000);

  expect(await page).toEqual([`${name}{of="one"} 1`]);
});

it('looks once for many who ask, and again later; what is gone is not told any more', async () => {
  const { name, gauges } = fresh();
  const look = vi.fn<() => Promise<{ name: string; labels: { of: string }; value: number }[]>>(async () => [
    { name, labels: { of: 'one' }, value: 1 },
  ]);
  vi.useFakeTimers({ toFake: ['performance'] });
  const end = gauges.add(look);
  await Promise.all([told(name), told(name), told(name)]);
  expect(look).toHaveBeenCalledTimes(1);

  vi.advanceTimersByTime(2_000);
  expect(await told(name)).toEqual([`${name}{of="one"} 1`]);
  expect(look).toHaveBeenCalledTimes(2);

  end();
  vi.advanceTimersByTime(2_000);
  expect(await told(name)).toEqual([]);
});
