import { badUserInput } from '@plaza/kernel/fault';

/** Checks the size of a short list. @throws Fault BAD_USER_INPUT when it is not within 0 and `most`. */
export function sizeWithin(first: number, most: number): number {
  if (!Number.isInteger(first) || first < 0 || first > most) throw badUserInput(`first must be from 0 to ${most}.`);
  return first;
}
