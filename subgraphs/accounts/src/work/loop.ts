import { Signal } from '@plaza/kernel/signal';

const REST_MS = 1_000;

/** Does work whenever it is woken, and looks each second whether another process left some; never twice at a time. */
export class Loop {
  readonly #signal = new Signal();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  /** `work` says how much there was: none, and it rests. */
  constructor(work: () => Promise<number>, onError: (error: unknown) => void) {
    this.#ended = this.#run(work, onError);
  }

  wake(): void {
    this.#signal.raise();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#signal.raise();
    await this.#ended;
  }

  async #run(work: () => Promise<number>, onError: (error: unknown) => void): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const done = await work().catch((error: unknown) => {
        onError(error);
        return 0;
      });
      if (done === 0 && !this.#stop.signal.aborted) await this.#signal.wait(REST_MS);
    }
  }
}
