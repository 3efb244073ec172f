import { clockOffset } from './failpoint.js';

/** The time, so that tests can hold it still. */
export interface Clock {
  readonly now: () => Date;
}

export const systemClock: Clock = { now: () => new Date(Date.now() + clockOffset()) };
