/** Ten at a time. */
export async function inTurns<T>(list: readonly T[], work: (one: T, n: number) => Promise<void>): Promise<void> {
  const left = [...list.entries()];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: 10 }, worker));
}

/** Made ten at a time, in their order. */
export async function all<T>(count: number, make: (n: number) => Promise<T>): Promise<readonly T[]> {
  const made = new Map<number, T>();
  await inTurns(Array.from({ length: count }), async (_none, n) => void made.set(n, await make(n)));
  return [...made].toSorted(([a], [b]) => a - b).map(([, one]) => one);
}

/** Round and round. */
export function nth<T>(list: readonly T[], n: number): T {
  const found = list[n % list.length];
  if (found === undefined) throw new Error('an empty list');
  return found;
}

/** Any. */
export const one = <T>(list: readonly T[]): T => nth(list, Math.floor(Math.random() * list.length));
