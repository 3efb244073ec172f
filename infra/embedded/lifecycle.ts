import { setTimeout as pause } from 'node:timers/promises';

type Close = () => Promise<unknown>;

/**
 * What was started, in the order in which it was: ended the other way round, each within its time, once. One handler
 * answers SIGINT and SIGTERM; a second signal ends the process at once.
 */
export class Lifecycle {
  readonly #parts: { readonly name: string; readonly close: Close; readonly withinMs: number }[] = [];
  readonly #report: (line: string) => void;
  #stopAsked = false;
  #ending: Promise<void> | undefined;

  /** `report` takes a line for whoever watches the end. */
  constructor(report: (line: string) => void) {
    this.#report = report;
  }

  /** From the moment when a stop was asked for. */
  get isStopping(): boolean {
    return this.#stopAsked;
  }

  /** Remember how to end a part that has just started. */
  add(name: string, close: Close, withinMs: number): void {
    this.#parts.push({ name, close, withinMs });
  }

  /** End everything, the newest first; one that fails or takes too long does not keep the others. Again: what came since. */
  async stop(): Promise<void> {
    this.#stopAsked = true;
    await this.#ending;
    await (this.#ending = this.#end());
  }

  /**
   * Stop on the first SIGINT or SIGTERM, leave on the second. A stop in the middle of a start waits for `starting` to come to
   * its next step, at most `patienceMs`: what it is about to hold has to be ended too.
   * @returns resolves when everything has ended after a signal.
   */
  onSignal(starting: Promise<void>, patienceMs: number): Promise<void> {
    return new Promise((ended) => {
      const handle = (signal: NodeJS.Signals): void => {
        if (this.#stopAsked) process.exit(signal === 'SIGINT' ? 130 : 143);
        this.#stopAsked = true;
        this.#report(`${signal}: stopping`);
        void Promise.race([starting, pause(patienceMs, undefined, { ref: false })])
          .then(async () => this.stop())
          .then(ended);
      };
      process.on('SIGINT', handle);
      process.on('SIGTERM', handle);
    });
  }

  async #end(): Promise<void> {
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      const { name, close, withinMs } = part;
      const timer = new AbortController();
      const late = pause(withinMs, 'late' as const, { signal: timer.signal, ref: false }).catch(() => 'done' as const);
      const closed = close().then(
        () => 'done' as const,
        (cause: unknown) => ({ cause }),
      );
      const outcome = await Promise.race([closed, late]);
      timer.abort();
      if (outcome === 'late') this.#report(`${name} did not stop within ${String(withinMs / 1000)} s`);
      else if (outcome !== 'done') this.#report(`${name} did not stop well: ${String(outcome.cause)}`);
    }
  }
}
