import { describe, expect, it } from 'vitest';
import type { Counters } from './counters.js';

/** What all counters do: an adapter joins by a call with counts of two processes (in one process both are the same). */
export function countersContract(title: string, open: () => Promise<readonly [Counters, Counters]>): void {
  describe(`counts in ${title}`, () => {
    // Windows are so long that none ends while a test runs.
    const rule = { name: 'login', points: 3, seconds: 3_600 };

    it('let through what the rule says, and say how much is left and for how long', async () => {
      const [counters] = await open();
      const counter = counters.counter(rule);
      const takings = [await counter.take('anna'), await counter.take('anna'), await counter.take('anna'), await counter.take('anna')];
      expect(takings.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
      ]);
      for (const { resetMs } of takings) {
        expect(resetMs).toBeGreaterThan(0);
        expect(resetMs).toBeLessThanOrEqual(3_600_000);
      }
    });

    it('are one count in all processes, and of another key another', async () => {
      const [here, there] = (await open()).map((counters) => counters.counter(rule));
      for (const counter of [here, there, here]) expect((await counter?.take('anna'))?.allowed).toBe(true);
      expect((await there?.take('anna'))?.allowed).toBe(false);
      expect((await there?.take('binh'))?.allowed).toBe(true);
    });

    it('are apart under another name', async () => {
      const [counters] = await open();
      const [login, register] = [counters.counter({ ...rule, points: 1 }), counters.counter({ ...rule, name: 'register', points: 1 })];
      expect((await login.take('anna')).allowed).toBe(true);
      expect((await register.take('anna')).allowed).toBe(true);
      expect((await login.take('anna')).allowed).toBe(false);
    });

    it('never let through one too many, however many come at one moment', async () => {
      const counters = (await open()).map((each) => each.counter({ ...rule, points: 10 }));
      const takings = await Promise.all(Array.from({ length: 40 }, async (_, n) => counters[n % 2]?.take('anna')));
      expect(takings.filter((taking) => taking?.allowed)).toHaveLength(10);
    });

    it('take several points at once', async () => {
      const [counters] = await open();
      const counter = counters.counter(rule);
      expect(await counter.take('anna', 2)).toMatchObject({ allowed: true, remaining: 1 });
      expect(await counter.take('anna', 2)).toMatchObject({ allowed: false, remaining: 0 });
    });

    it('take keys of any length and characters', async () => {
      const [counters] = await open();
      const counter = counters.counter({ ...rule, points: 1 });
      for (const key of ['', ' ', 'x'.repeat(10_000), 'ă:{a}*\n', '2001:db8::/64']) {
        expect((await counter.take(key)).allowed).toBe(true);
        expect((await counter.take(key)).allowed).toBe(false);
      }
    });
  });
}
