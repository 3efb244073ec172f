import type { Amiss } from '@plaza/calls/aside';

/** What the subgraphs of one answer have said of their fields, by coordinate. */
export class SaidAmiss {
  readonly stale = new Set<string>();
  readonly degraded = new Set<string>();

  get isEmpty(): boolean {
    return this.stale.size === 0 && this.degraded.size === 0;
  }

  /** Takes what one of them says. */
  hear({ stale, degraded }: Amiss): void {
    for (const coordinate of stale) this.stale.add(coordinate);
    for (const coordinate of degraded) this.degraded.add(coordinate);
  }

  clear(): void {
    this.stale.clear();
    this.degraded.clear();
  }
}
