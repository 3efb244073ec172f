import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { InProcessBus } from './in-process-bus.js';
import { stateStream } from './state-stream.js';

/** A counter that ends at nine and is gone when it is null. */
class Counter {
  readonly bus = new InProcessBus();
  readonly left = new AbortController();
  count: number | null = 1;
  readings = 0;

  set(count: number | null): void {
    this.count = count;
    this.bus.publish('counter', '');
  }

  watch(): AsyncGenerator<number, void, undefined> {
    return stateStream<number>({
      bus: this.bus,
      channel: 'counter',
      signal: this.left.signal,
      read: () => {
        this.readings += 1;
        return Promise.resolve(this.count);
      },
      revision: (count) => count,
      isLast: (count) => count === 9,
    });
  }
}

describe('a state that is watched', () => {
  it('comes as it is, then as it becomes; what a slow reader missed is left out', async () => {
    const counter = new Counter();
    const states = counter.watch();
    expect((await states.next()).value).toBe(1);

    for (const count of [2, 3, 4]) counter.set(count);

    expect((await states.next()).value).toBe(4);
    await states.return();
  });

  it('comes once, however often it is said to have changed', async () => {
    const counter = new Counter();
    const states = counter.watch();
    await states.next();
    const next = states.next();
    for (let n = 0; n < 3; n += 1) {
      counter.set(1);
      await pause(1);
    }
    counter.set(2);

    expect((await next).value).toBe(2);
    await states.return();
  });

  it('ends after its last, and when there is none any more', async () => {
    const counter = new Counter();
    counter.count = 9;
    const last = counter.watch();
    expect(await last.next()).toEqual({ done: false, value: 9 });
    expect((await last.next()).done).toBe(true);
    expect(counter.readings).toBe(1);

    counter.count = null;
    expect((await counter.watch().next()).done).toBe(true);
    expect(counter.bus.channels).toBe(0);
  });

  it('lets go of the bus when its reader leaves while nothing happens', async () => {
    const counter = new Counter();
    const states = counter.watch();
    await states.next();
    const waiting = states.next();
    await pause(5);
    expect(counter.bus.channels).toBe(1);

    counter.left.abort();

    expect((await waiting).done).toBe(true);
    expect(counter.bus.channels).toBe(0);
  });
});
