import { deepStrictEqual, ok } from 'node:assert';

export { deepStrictEqual as equal, ok };

/** Looks again every 25 ms until `holds`; @throws after `withinMs`. Returns how long it took, in milliseconds. */
export async function until(what: string, withinMs: number, holds: () => boolean | Promise<boolean>): Promise<number> {
  const start = performance.now();
  for (;;) {
    if (await holds()) return performance.now() - start;
    if (performance.now() - start > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
