/** So many trials side by side: each waits for its own Plaza most of the time. */
export const AT_ONCE = 2;

/**
 * Does the work of each, so many at once, beginning in their order, and beginning nothing any more after so many minutes.
 * @returns those that were not begun
 * @throws what the first that failed has thrown, when those that run have ended
 */
export async function atOnce<T>(
  { count, minutes }: { readonly count: number; readonly minutes: number },
  all: readonly T[],
  work: (one: T, place: number) => Promise<void>,
): Promise<readonly T[]> {
  const left = [...all];
  const until = performance.now() + minutes * 60_000;
  const next = (): T | undefined => (performance.now() < until ? left.shift() : undefined);
  const worker = async (_: unknown, place: number): Promise<void> => {
    for (let one = next(); one !== undefined; one = next()) await work(one, place);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(count, all.length) }, worker));
  const failed = ended.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return left;
}
