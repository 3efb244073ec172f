import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Detach, LiveBus } from './live-bus.js';

/** A bus as several processes of a subgraph have it. */
export interface BusUnderTest {
  /** What `n` processes have; in one process all are the same. */
  readonly processes: readonly [LiveBus, LiveBus];
  readonly close: () => Promise<void>;
}

/** Ends what a test waits for in vain; nothing is judged by it. */
const PATIENCE = { timeout: 50_000 };

/** What every bus does: an adapter joins by a call. */
export function liveBusContract(open: () => Promise<BusUnderTest>): void {
  describe('a live bus', () => {
    let bus: BusUnderTest;
    let [here, there]: readonly [LiveBus, LiveBus] = [neverOpened, neverOpened];
    beforeEach(async () => {
      bus = await open();
      [here, there] = bus.processes;
    });
    afterEach(async () => bus.close());

    async function listening(to: LiveBus, channel: string): Promise<{ readonly heard: string[]; readonly leave: Detach }> {
      const heard: string[] = [];
      const leave = await to.attach(channel, (message) => heard.push(message));
      return { heard, leave };
    }

    /** Waits until both processes hear what comes after everything that was published before. */
    async function settled(): Promise<void> {
      for (const [from, to] of [
        [here, there],
        [there, here],
      ] as const) {
        const { heard, leave } = await listening(to, 'test:end');
        from.publish('test:end', 'end');
        await vi.waitFor(() => expect(heard).toContain('end'), PATIENCE);
        leave();
      }
    }

    it('is not away', () => {
      expect([here.hearing, there.hearing]).not.toContain(null);
    });

    it('tells whoever is attached, here and elsewhere, in the order of publishing', async () => {
      const listeners = [await listening(here, 'test:a'), await listening(there, 'test:a')];
      const messages = Array.from({ length: 100 }, (_, n) => `message ${String(n)}`);
      for (const message of messages) here.publish('test:a', message);
      for (const { heard } of listeners) await vi.waitFor(() => expect(heard).toEqual(messages), PATIENCE);
    });

    it('tells the empty message, spaces and other scripts as they were said', async () => {
      const { heard } = await listening(there, 'test:a');
      const messages = ['', ' ', 'a b  c', 'xin chào 👋', '{"a":"\\n"}\n'];
      for (const message of messages) here.publish('test:a', message);
      await vi.waitFor(() => expect(heard).toEqual(messages), PATIENCE);
    });

    it('tells nobody what is said on another channel', async () => {
      const { heard } = await listening(there, 'test:a');
      here.publish('test:ab', 'not for you');
      here.publish('test', 'not for you');
      await settled();
      expect(heard).toEqual([]);
    });

    it('tells nothing to who has left, and all to who has stayed', async () => {
      const [left, stayed] = [await listening(there, 'test:a'), await listening(there, 'test:a')];
      left.leave();
      left.leave();
      here.publish('test:a', 'still here?');
      await vi.waitFor(() => expect(stayed.heard).toEqual(['still here?']), PATIENCE);
      expect(left.heard).toEqual([]);
    });

    it('hears again who leaves and comes back at once', async () => {
      const first = await listening(there, 'test:a');
      first.leave();
      const second = await listening(there, 'test:a');
      here.publish('test:a', 'again');
      await vi.waitFor(() => expect(second.heard).toEqual(['again']), PATIENCE);
    });

    it('takes the same listener twice, and tells it twice', async () => {
      const heard: string[] = [];
      const listener = (message: string): void => void heard.push(message);
      const leave = await there.attach('test:a', listener);
      await there.attach('test:a', listener);
      leave();
      here.publish('test:a', 'once');
      await vi.waitFor(() => expect(heard).toEqual(['once']), PATIENCE);
    });

    it('never runs a listener within publish', async () => {
      const { heard } = await listening(here, 'test:a');
      here.publish('test:a', 'later');
      expect(heard).toEqual([]);
      await vi.waitFor(() => expect(heard).toEqual(['later']), PATIENCE);
    });

    it('takes what nobody listens to', async () => {
      expect(() => here.publish('test:nobody', 'x')).not.toThrow();
      await settled();
    });
  });
}

const neverOpened: LiveBus = { hearing: null, publish: () => undefined, attach: async () => () => undefined };
