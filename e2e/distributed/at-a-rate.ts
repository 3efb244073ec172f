import { setTimeout as pause } from 'node:timers/promises';

/** Does something at a rate, however long each takes. */
export class AtARate {
  readonly #work: (n: number) => Promise<void>;
  readonly #underWay = new Set<Promise<void>>();
  #isOver = false;
  #running: Promise<void> = Promise.resolve();

  /** @param work gets the number of the call, from 0 on, and never rejects */
  constructor(work: (n: number) => Promise<void>) {
    this.#work = work;
  }

  /** @param rate so often a second */
  begin(rate: number): void {
    this.#running = this.#run(1_000 / rate);
  }

  /** Begins no other; resolves when the last one is done. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    await Promise.all(this.#underWay);
  }

  async #run(everyMs: number): Promise<void> {
    for (let n = 0; !this.#isOver; n += 1) {
      const doing = this.#work(n).finally(() => this.#underWay.delete(doing));
      this.#underWay.add(doing);
      await pause(everyMs);
    }
  }
}
