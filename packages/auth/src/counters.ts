/** How much of something each key may have within a window of time that begins with its first taking. */
export interface CounterRule {
  /** Counts of different names are apart. */
  readonly name: string;
  /** At least 1. */
  readonly points: number;
  readonly seconds: number;
}

/** What came of a taking. */
export interface Taking {
  readonly allowed: boolean;
  /** Points that are left in this window, never below 0. */
  readonly remaining: number;
  /** Milliseconds until the window is over and all points are there again. */
  readonly resetMs: number;
}

/** Counts by key. Of takings at one moment, in whatever processes, no more are allowed than the rule says; one that is not allowed counts too. */
export interface Counter {
  /** A key may be of any length and any characters. */
  take(key: string, points?: number): Promise<Taking>;
}

/** Where counts are kept: in a process, or for several. */
export interface Counters {
  /** Asked again for a name, it is the same count; a name has one rule. */
  counter(rule: CounterRule): Counter;
}
