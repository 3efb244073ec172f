/** How long was waited, in milliseconds, by what was waited for. */
export class Waits {
  readonly #of = new Map<string, number[]>();

  add(what: string, ms: number): void {
    const known = this.#of.get(what);
    if (known === undefined) this.#of.set(what, [ms]);
    else known.push(ms);
  }

  /** What that share of them took at most; null where nobody waited. */
  at(what: string, share: number): number | null {
    const sorted = (this.#of.get(what) ?? []).toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  }

  count(what: string): number {
    return this.#of.get(what)?.length ?? 0;
  }
}
