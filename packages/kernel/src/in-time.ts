import { unavailable } from './fault.js';

/**
 * What `work` comes to, or, if it has not come within `ms`, what `late` gives or throws. The work itself is not stopped. Where the process was busy
 * past that time, what has come meanwhile is looked at first.
 */
export function within<T, L>(work: Promise<T>, ms: number, late: () => L): Promise<T | L> {
  // By hand and not as a race: this stands around each fetch of each request.
  return new Promise((resolve, reject) => {
    let isDone = false;
    const give = (): void => {
      if (isDone) return;
      isDone = true;
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    };
    // Timers come before what the network has brought: two turns let that be read.
    const timer = setTimeout(() => setImmediate(() => setImmediate(give)), Math.max(0, ms));
    const done = (): void => {
      isDone = true;
      clearTimeout(timer);
    };
    work.then(
      (value) => {
        done();
        resolve(value);
      },
      (error: unknown) => {
        done();
        reject(error);
      },
    );
  });
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
