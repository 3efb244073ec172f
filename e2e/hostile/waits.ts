/** How long was waited, in milliseconds, by what was waited for. */
export class Waits {
  readonly #of = new Map<string, { readonly passed: number[]; readonly used: number[] }>();

  /**
   * @param passed by the clock
   * @param used what the server's thread did meanwhile, for whomever: how long it would have been on a machine that does nothing else
   */
  add(what: string, passed: number, used: number | null = null): void {
    const known = this.#of.get(what) ?? { passed: [], used: [] };
    this.#of.set(what, known);
    known.passed.push(passed);
    if (used !== null) known.used.push(used);
  }

  /** What that share of them took at most; null where nobody waited. */
  at(what: string, share: number, measure: 'passed' | 'used' = 'passed'): number | null {
    const sorted = (this.#of.get(what)?.[measure] ?? []).toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  }

  count(what: string): number {
    return this.#of.get(what)?.passed.length ?? 0;
  }
}
