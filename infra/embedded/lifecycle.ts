import { setTimeout as pause } from 'node:timers/promises';

type Close = () => Promise<unknown>;

/**
 * What was started, in the order in which it was: ended the other way round, each within its time, once. One handler
 * answers SIGINT and SIGTERM; a second signal ends the process at once.
 */
export class Lifecycle {
  readonly #parts: { readonly name: string; readonly close: Close; readonly withinMs: number }[] = [];
  readonly #report: (line: string) => void;
  #stopping: Promise<void> | undefined;

  /** `report` takes a line for whoever watches the end. */
  constructor(report: (line: string) => void) {
    this.#report = report;
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Remember how to end a part that has just started. */
  add(name: string, close: Close, withinMs: number): void {
    this.#parts.push({ name, close, withinMs });
  }

  /** End everything, the newest first; one that fails or takes too long does not keep the others. */
  async stop(): Promise<void> {
    return (this.#stopping ??= this.#end());
  }

  /** Stop on the first SIGINT or SIGTERM, leave on the second. Resolves when everything has ended. */
  onSignal(): Promise<void> {
    return new Promise((ended) => {
      const handle = (signal: NodeJS.Signals): void => {
        if (this.isStopping) process.exit(signal === 'SIGINT' ? 130 : 143);
        this.#report(`${signal}: stopping`);
        void this.stop().then(ended);
      };
      process.on('SIGINT', handle);
      process.on('SIGTERM', handle);
    });
  }

  async #end(): Promise<void> {
    // Parts that start while the stop is under way are added and ended too.
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      const { name, close, withinMs } = part;
      const timer = new AbortController();
      const late = pause(withinMs, 'late' as const, { signal: timer.signal, ref: false }).catch(() => 'done' as const);
      const outcome = await Promise.race([
        close().then(
          () => 'done' as const,
          (cause: unknown) => cause,
        ),
        late,
      ]);
      timer.abort();
      if (outcome === 'late') this.#report(`${name} did not stop within ${String(withinMs / 1000)} s`);
      else if (outcome !== 'done')
        this.#report(`${name} did not stop well: ${outcome instanceof Error ? outcome.message : String(outcome)}`);
    }
  }
}
