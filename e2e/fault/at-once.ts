/** So many trials side by side: each waits for its own Plaza most of the time. */
export const AT_ONCE = 2;

/** Does the work of each, so many at once, beginning in their order. @throws what the first that failed has thrown, when those that run have ended */
export async function atOnce<T>(count: number, all: readonly T[], work: (one: T, place: number) => Promise<void>): Promise<void> {
  const left = [...all];
  const worker = async (_: unknown, place: number): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one, place);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(count, all.length) }, worker));
  const failed = ended.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
