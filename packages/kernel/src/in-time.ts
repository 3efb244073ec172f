import { unavailable } from './fault.js';

/**
 * What `work` comes to, if it comes within `ms`. The work itself is not stopped. Where the process was busy past that time, what has come meanwhile
 * is looked at first. @throws Fault UNAVAILABLE for `what` when it is late
 */
export async function inTime<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;
  const late = new Promise<never>((_resolve, reject) => {
    const give = (): void => {
      if (!isDone) reject(unavailable(what));
    };
    // Timers come before what the network has brought: two turns let that be read.
    timer = setTimeout(() => setImmediate(() => setImmediate(give)), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    isDone = true;
    clearTimeout(timer);
  }
}
