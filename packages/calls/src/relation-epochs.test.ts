import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallClient } from './call-client.js';
import { MAX_IDS_PER_CALL } from './call-contract.js';
import { RelationEpochs } from './relation-epochs.js';

/** Social, whose every reading waits twice until it is let on: before it reads, and before its answer arrives. */
class Social {
  readonly epochs = new Map<string, number>();
  readonly asked: string[][] = [];
  readonly #waiting: (() => void)[] = [];
  isOpen = false;

  readonly calls: Pick<CallClient, 'ask'> = {
    ask: async (contract, input) => {
      const { userIds } = input as { userIds: string[] };
      this.asked.push(userIds);
      await this.#turn();
      const epochs = userIds.flatMap((userId) => ({ userId, epoch: this.epochs.get(userId) ?? 0 }));
      await this.#turn();
      return contract.output.parse({ epochs: epochs.filter(({ epoch }) => epoch > 0) });
    },
  };

  raise(userId: string): void {
    this.epochs.set(userId, (this.epochs.get(userId) ?? 0) + 1);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets one of those that wait go on. */
  letOn(n = 0): void {
    const [next] = this.#waiting.splice(n % Math.max(1, this.#waiting.length), 1);
    next?.();
  }

  async #turn(): Promise<void> {
    if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

const id = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const [ANNA, BINH] = [id(1), id(2)] as const;

describe('relation epochs', () => {
  it('of all who are asked about in one turn are asked for at once, each once', async () => {
    const social = new Social();
    social.isOpen = true;
    social.raise(ANNA);
    const epochs = new RelationEpochs(social.calls);
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => epochs.of(id(n % 200))));
    expect(social.asked).toEqual([Array.from({ length: 200 }, (_, n) => id(n))]);
    expect(answers).toEqual(Array.from({ length: 1_000 }, (_, n) => (id(n % 200) === ANNA ? 1 : 0)));
  });

  it('of more than a call may ask for come in several', async () => {
    const social = new Social();
    social.isOpen = true;
    const epochs = new RelationEpochs(social.calls);
    await Promise.all(Array.from({ length: MAX_IDS_PER_CALL + 1 }, (_, n) => epochs.of(id(n))));
    expect(social.asked.map(({ length }) => length)).toEqual([MAX_IDS_PER_CALL, 1]);
  });

  it('are never those of a reading that was under way when they were asked for: a block holds from its answer on', async () => {
    const social = new Social();
    const epochs = new RelationEpochs(social.calls);
    const before = epochs.of(ANNA);
    await turn();
    social.letOn(); // it has read, and its answer is still on its way
    await turn();
    social.raise(ANNA); // the block is committed and answered
    const after = epochs.of(ANNA);
    await turn();
    expect([social.asked.length, social.waiting]).toEqual([2, 2]);
    social.isOpen = true;
    while (social.waiting > 0) social.letOn();
    expect(await Promise.all([before, after])).toEqual([0, 1]);
    expect(await epochs.of(ANNA)).toBe(1);
  });

  it('are never older than their question, however questions, blocks and answers fall together', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), of: fc.constantFrom(ANNA, BINH) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('raise' as const), of: fc.constantFrom(ANNA, BINH) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('let on' as const), n: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const social = new Social();
        const epochs = new RelationEpochs(social.calls);
        const answers: Promise<readonly [number, number]>[] = [];
        for (const one of steps) {
          if (one.do === 'raise') social.raise(one.of);
          else if (one.do === 'let on') social.letOn(one.n);
          else if (one.do === 'turn') await turn();
          else {
            const least = social.epochs.get(one.of) ?? 0;
            answers.push(epochs.of(one.of).then((epoch) => [least, epoch] as const));
          }
        }
        social.isOpen = true;
        const all = Promise.all(answers);
        for (let isDone = false; !isDone;) {
          while (social.waiting > 0) social.letOn();
          isDone = await Promise.race([all.then(() => true), pause(1).then(() => false)]);
        }
        for (const [least, epoch] of await all) expect(epoch).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 200 },
    );
  });

  it('that cannot be read fail for those who asked, and the next question is a new one', async () => {
    const social = new Social();
    social.isOpen = true;
    let isAway = true;
    const epochs = new RelationEpochs({
      ask: (contract, input, asker) => (isAway ? Promise.reject(new Error('away')) : social.calls.ask(contract, input, asker)),
    });
    expect((await Promise.allSettled([epochs.of(ANNA), epochs.of(BINH)])).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    expect(await epochs.of(ANNA)).toBe(0);
  });
});
