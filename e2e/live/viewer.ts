import { setTimeout as pause } from 'node:timers/promises';
import type { Person } from '@plaza/testing/people';
import { type End, Line, type Told } from './watcher.js';

/** What came, when: cursors are opened only at the end. */
export interface Arrival {
  readonly told: Told;
  readonly at: number;
  /** Which of the subscriptions, one after the other, brought it. */
  readonly attempt: number;
}

/** What ended subscriptions, and how often. */
export type Ends = Map<string, number>;

/** Somebody who watches posts over one socket, and always comes back with the last cursor. */
export class Viewer {
  readonly person: Person;
  readonly arrivals = new Map<string, Arrival[]>();
  readonly #line: Line;
  readonly #ends: Ends;
  #isOver = false;

  constructor(url: string, person: Person, ends: Ends) {
    this.person = person;
    this.#line = new Line(url, person.tokens.accessToken);
    this.#ends = ends;
  }

  /** From a cursor on, until {@link leave}. */
  async watch(postId: string, start: string): Promise<void> {
    const arrivals: Arrival[] = [];
    this.arrivals.set(postId, arrivals);
    let attempt = 0;
    for (let failures = 0; !this.#isOver;) {
      attempt += 1;
      const before = arrivals.length;
      const cursor = arrivals.at(-1)?.told.cursor ?? start;
      // What comes late from a line that was given up is not ours any more.
      let isOurs = true;
      const mine = attempt;
      const end = await this.#line.watch(postId, cursor, (told) => isOurs && arrivals.push({ told, at: Date.now(), attempt: mine }));
      isOurs = false;
      this.#note(end);
      // As clients do: sooner after a cut than while nobody answers.
      failures = arrivals.length > before ? 0 : failures + 1;
      if (!this.#isOver) await pause(Math.min(3_000, 50 * 2 ** failures) * (0.5 + Math.random()));
    }
  }

  cut(): void {
    this.#line.cut();
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    await this.#line.close();
  }

  #note(end: End): void {
    const [error] = typeof end === 'object' ? end.errors : [];
    const code = (error?.extensions as { readonly code?: string } | undefined)?.code ?? '';
    const name = typeof end === 'string' ? end : `error: ${error?.message ?? 'without errors'} ${code}`;
    this.#ends.set(name, (this.#ends.get(name) ?? 0) + 1);
  }
}
