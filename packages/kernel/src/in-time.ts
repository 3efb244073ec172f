import { unavailable } from './fault.js';

/** What `work` comes to, if it comes within `ms`. The work itself is not stopped. @throws Fault UNAVAILABLE for `what` when it is late */
export async function inTime<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unavailable(what)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
