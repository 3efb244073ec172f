import { within } from '@plaza/kernel/in-time';
import { Gauge } from 'prom-client';

/** What one look has found. */
export interface Sample<Name extends string, Label extends string> {
  readonly name: Name;
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

export type Look<Name extends string, Label extends string> = () => Promise<readonly Sample<Name, Label>[]>;

/** Whoever asks more often reads the same again: the page is no way to keep a database busy. */
const FRESH_MS = 2_000;
/** A look that takes longer is left out: a scrape tells what can be told when something is away. */
const LOOK_MS = 1_000;

/** Gauges whose values are looked up when the page is read, not counted on the way. What cannot be looked up has no value then. */
export class LookedUp<Name extends string, Label extends string> {
  readonly #gauges: ReadonlyMap<Name, Gauge<Label>>;
  readonly #looks = new Set<Look<Name, Label>>();
  #current: Promise<void> = Promise.resolve();
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** `gauges`: each one's help by its name. */
  constructor(gauges: Readonly<Record<Name, string>>, labelNames: readonly Label[]) {
    const collect = (): Promise<void> => this.#refresh();
    this.#gauges = new Map(
      (Object.keys(gauges) as Name[]) // the keys of the object above
        .map((name) => [name, new Gauge({ name, help: gauges[name], labelNames, collect })]),
    );
  }

  /** Looks there too from now on. Returns what ends it. */
  add(look: Look<Name, Label>): () => void {
    this.#looks.add(look);
    return () => void this.#looks.delete(look);
  }

  #refresh(): Promise<void> {
    if (performance.now() - this.#lookedAt >= FRESH_MS) {
      this.#lookedAt = performance.now();
      this.#current = this.#look();
    }
    return this.#current;
  }

  async #look(): Promise<void> {
    const found = await Promise.all([...this.#looks].map((look) => within(look(), LOOK_MS, () => []).catch(() => [])));
    for (const gauge of this.#gauges.values()) gauge.reset();
    for (const { name, labels, value } of found.flat()) this.#gauges.get(name)?.set({ ...labels }, value);
  }
}
