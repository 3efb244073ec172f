import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TogetherReader } from './together-reader.js';

/** A table whose every reading waits twice until it is let on: before it reads, and before its answer arrives. */
class Table {
  readonly rows = new Map<string, number>();
  readonly readings: (readonly string[])[] = [];
  readonly #waiting: (() => void)[] = [];
  isOpen = false;
  isAway = false;

  reader(most?: number): TogetherReader<string, number> {
    return new TogetherReader<string, number>({
      keyOf: (key) => key,
      read: async (keys) => {
        this.readings.push(keys);
        await this.#turn();
        if (this.isAway) throw new Error('away');
        const rows = keys.map((key) => this.rows.get(key) ?? 0);
        await this.#turn();
        return rows;
      },
      ...(most === undefined ? {} : { most }),
    });
  }

  raise(key: string): void {
    this.rows.set(key, (this.rows.get(key) ?? 0) + 1);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  letOn(n = 0): void {
    const [next] = this.#waiting.splice(n % Math.max(1, this.#waiting.length), 1);
    next?.();
  }

  async #turn(): Promise<void> {
    if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

const opened = (): Table => Object.assign(new Table(), { isOpen: true });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const keys = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `k${n}`);

describe('reading together', () => {
  it('asks once for all who ask in one turn, and for the same thing once', async () => {
    const table = opened();
    table.raise('k7');
    const reader = table.reader();
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => reader.ask(`k${n % 100}`)));
    expect(table.readings).toEqual([keys(100)]);
    expect(answers).toEqual(Array.from({ length: 1_000 }, (_, n) => (n % 100 === 7 ? 1 : 0)));
  });

  it('asks for no more at once than it may', async () => {
    const table = opened();
    await table.reader(40).askAll(keys(100));
    expect(table.readings.map(({ length }) => length)).toEqual([40, 40, 20]);
  });

  it('keeps what comes while two readings are under way for the next one, however many turns it comes in', async () => {
    const table = new Table();
    const reader = table.reader();
    const answers = keys(50).map(async (key) => {
      await turn();
      return reader.ask(key);
    });
    for (const key of ['a', 'b']) {
      answers.push(reader.ask(key));
      await turn();
    }
    for (let n = 0; n < 30; n += 1) {
      answers.push(reader.ask(`later${n}`));
      await turn();
    }
    expect(table.readings).toHaveLength(2);
    table.isOpen = true;
    while (table.waiting > 0) table.letOn();
    await Promise.all(answers);
    expect(table.readings).toHaveLength(3);
  });

  it('never answers with a reading that was under way, nor with a remembered one', async () => {
    const table = new Table();
    const reader = table.reader();
    const before = reader.ask('k');
    await turn();
    table.letOn(); // it has read, and its answer is still on its way
    await turn();
    table.raise('k');
    const after = reader.ask('k');
    await turn();
    table.isOpen = true;
    while (table.waiting > 0) table.letOn();
    expect(await Promise.all([before, after])).toEqual([0, 1]);
    table.raise('k');
    expect(await reader.ask('k')).toBe(2);
  });

  it('answers nothing that is older than its question, however questions, writes and answers fall together', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), of: fc.constantFrom('a', 'b', 'c') }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('raise' as const), of: fc.constantFrom('a', 'b', 'c') }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('let on' as const), n: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), async (steps, most) => {
        const table = new Table();
        const reader = table.reader(most);
        const answers: Promise<readonly [number, number]>[] = [];
        for (const one of steps) {
          if (one.do === 'raise') table.raise(one.of);
          else if (one.do === 'let on') table.letOn(one.n);
          else if (one.do === 'turn') await turn();
          else {
            const least = table.rows.get(one.of) ?? 0;
            answers.push(reader.ask(one.of).then((answer) => [least, answer] as const));
          }
        }
        table.isOpen = true;
        const all = Promise.all(answers);
        for (let isDone = false; !isDone;) {
          while (table.waiting > 0) table.letOn();
          isDone = await Promise.race([all.then(() => true), pause(1).then(() => false)]);
        }
        for (const [least, answer] of await all) expect(answer).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 200 },
    );
  });

  it('fails for those who asked, and the next question is a new one', async () => {
    const table = opened();
    table.isAway = true;
    const reader = table.reader();
    const asked = [reader.ask('a'), reader.ask('a'), reader.ask('b')];
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    table.isAway = false;
    expect(await reader.ask('a')).toBe(0);
  });
});
