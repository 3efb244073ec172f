import { unavailable } from './fault.js';

/**
 * What `work` comes to, or, if it has not come within `ms`, what `late` gives or throws. The work itself is not stopped. Where the process was busy
 * past that time, what has come meanwhile is looked at first.
 */
export async function within<T, L>(work: Promise<T>, ms: number, late: () => L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;
  const ended = new Promise<L>((resolve, reject) => {
    const give = (): void => {
      if (isDone) return;
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    };
    // Timers come before what the network has brought: two turns let that be read.
    timer = setTimeout(() => setImmediate(() => setImmediate(give)), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    isDone = true;
    clearTimeout(timer);
  }
}

/** The same. @throws Fault UNAVAILABLE for `what` when it is late */
export const inTime = <T>(work: Promise<T>, ms: number, what: string): Promise<T> =>
  within(work, ms, (): never => {
    throw unavailable(what);
  });

/** What `work` comes to, or `instead` when it fails or has not come within `ms`. */
export const inTimeOr = <T, L>(instead: L, work: Promise<T>, ms: number): Promise<T | L> =>
  within(
    work.catch(() => instead),
    ms,
    () => instead,
  );
