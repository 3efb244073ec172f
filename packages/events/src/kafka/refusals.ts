const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** What is refused in each place (a partition), how often, and when the place goes on: after 100 ms, then twice as long each time, at most 5 s. */
export class Refusals {
  readonly #most: number;
  readonly #places = new Map<string, { readonly eventId: string | null; readonly times: number; readonly waits: number }>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param most how often a fact is tried. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a refusal. Returns the rest before the next try in milliseconds; null when it was the last. */
  refused(place: string, eventId: string): number | null {
    const before = this.#places.get(place);
    const times = (before?.eventId === eventId ? before.times : 0) + 1;
    const waits = (before?.waits ?? 0) + 1;
    this.#places.set(place, { eventId, times, waits });
    return times >= this.#most ? null : restAfter(waits);
  }

  /** Something else is away, which is nobody's refusal. Returns the rest before the next try in milliseconds. */
  wait(place: string): number {
    const { eventId = null, times = 0, waits = 0 } = this.#places.get(place) ?? {};
    this.#places.set(place, { eventId, times, waits: waits + 1 });
    return restAfter(waits + 1);
  }

  taken(place: string): void {
    this.#places.delete(place);
  }

  /** Lets a place go on after its rest. */
  rest(place: string, ms: number, goOn: () => void): void {
    clearTimeout(this.#timers.get(place));
    this.#timers.set(
      place,
      setTimeout(() => {
        this.#timers.delete(place);
        goOn();
      }, ms),
    );
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

const restAfter = (waits: number): number => Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(waits - 1, 10));
