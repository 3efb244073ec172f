import { randomUUID } from 'node:crypto';
import type { Clock } from '@plaza/kernel/clock';
import { describe, expect, it } from 'vitest';
import { GONE_MS, type PresenceRegistry } from './presence-registry.js';

/** A clock that goes when it is told to. */
export interface HandClock extends Clock {
  later(ms: number): void;
}

export function handClock(): HandClock {
  let at = Date.parse('2026-01-01T10:00:00Z');
  return { now: () => new Date(at), later: (ms) => void (at += ms) };
}

/** What every registry does: an adapter joins by a call with those of two processes (in one process both are the same). */
export function presenceContract(title: string, open: (clock: Clock) => Promise<readonly [PresenceRegistry, PresenceRegistry]>): void {
  describe(`who is here, ${title}`, () => {
    const statusOf = async (registry: PresenceRegistry, userId: string): Promise<string | undefined> =>
      (await registry.of([userId]))[0]?.status;

    it('is known to both processes by a word to one', async () => {
      const [here, there] = await open(handClock());
      const [anna, binh] = [randomUUID(), randomUUID()];
      expect(await here.beat(anna, 'phone', false)).toMatchObject({
        before: { status: 'OFFLINE', heardAt: null },
        now: { status: 'ONLINE' },
      });
      expect(await there.of([binh, anna])).toMatchObject([{ status: 'OFFLINE', heardAt: null }, { status: 'ONLINE' }]);
    });

    it('is who has one device in use, idle who has none in use, and gone who has left with all', async () => {
      const [here, there] = await open(handClock());
      const anna = randomUUID();
      await here.beat(anna, 'phone', true);
      expect(await statusOf(there, anna)).toBe('IDLE');
      await there.beat(anna, 'laptop', false);
      expect(await statusOf(here, anna)).toBe('ONLINE');
      expect(await here.leave(anna, 'laptop')).toMatchObject({ before: { status: 'ONLINE' }, now: { status: 'IDLE' } });
      expect(await there.leave(anna, 'phone')).toMatchObject({ before: { status: 'IDLE' }, now: { status: 'OFFLINE' } });
    });

    it('is nobody whose devices have fallen silent, and it is known since when', async () => {
      const clock = handClock();
      const [here, there] = await open(clock);
      const anna = randomUUID();
      const heardAt = clock.now();
      await here.beat(anna, 'phone', false);
      clock.later(GONE_MS - 1);
      expect(await statusOf(there, anna)).toBe('ONLINE');
      clock.later(1);
      expect(await there.of([anna])).toEqual([{ status: 'OFFLINE', heardAt }]);
    });

    it('keeps the newest twenty devices of a person', async () => {
      const clock = handClock();
      const [here, there] = await open(clock);
      const anna = randomUUID();
      await here.beat(anna, 'in use, and the oldest', false);
      for (let i = 0; i < 20; i += 1) {
        clock.later(1);
        await (i % 2 === 0 ? here : there).beat(anna, `idle ${i}`, true);
      }
      expect(await statusOf(here, anna)).toBe('IDLE');
    });
  });
}
