/** Nearest-rank percentile of numbers in any order; NaN for none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

/** `p50 4.1  p95 7.9  p99 12.0  max 14.2 ms` */
export function spread(values: readonly number[]): string {
  const at = (part: number): string => percentile(values, part).toFixed(1);
  return `p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)} ms`;
}
