import { cuttableClient } from '../cuttable-client.js';
import type { Answer } from './answer.js';
import { trusted } from './documents.js';

/** A subscription on a socket of its own, with the public client of the protocol; what came, in order. */
export class Live {
  readonly events: Answer[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #end: () => Promise<void>;
  readonly #cut: () => void;
  #ended: unknown = null;

  private constructor(url: string, token: string | null, name: string, variables: Record<string, unknown>) {
    const { client, cut } = cuttableClient(url, token);
    this.#cut = cut;
    this.#end = async () => client.dispose();
    client.subscribe<Record<string, Answer>>(
      { query: trusted(name).body, variables },
      {
        next: ({ data, errors }) => {
          if (data == null) this.#ended = errors;
          else this.events.push(Object.values(data)[0]);
          this.#wake();
        },
        error: (error) => this.#over(error),
        complete: () => this.#over('complete'),
      },
    );
  }

  static on(url: string, token: string | null, name: string, variables: Record<string, unknown> = {}): Live {
    return new Live(url, token, name, variables);
  }

  /** The first event, of those that came or come, that is what is looked for. @throws after `withinMs`, or when none can come any more */
  async sees(what: string, isIt: (event: Answer) => boolean, withinMs = 5_000): Promise<Answer> {
    for (const until = Date.now() + withinMs; ;) {
      const found = this.events.find(isIt);
      if (found !== undefined) return found;
      if (this.#ended !== null) throw new Error(`${what}: the subscription ended (${JSON.stringify(this.#ended)})`);
      const left = until - Date.now();
      if (left <= 0) throw new Error(`${what}: not within ${withinMs} ms; came ${JSON.stringify(this.events)}`);
      await this.#news(left);
    }
  }

  /** Cuts the line as a tunnel does: no word to either side. */
  cut(): void {
    this.#cut();
  }

  async close(): Promise<void> {
    await this.#end();
  }

  #over(why: unknown): void {
    this.#ended ??= why;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #news(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#waiting.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
