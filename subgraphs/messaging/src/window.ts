/** The messages that a member sees: those after `since`, up to `end`. */
export interface Window {
  readonly since: number;
  readonly end: number;
}

/** What somebody sees who joined after `sinceSeq` and left, if they did, after `leftSeq`. */
export function windowOf(place: { readonly sinceSeq: number; readonly leftSeq: number | null; readonly lastSeq: number }): Window {
  const { sinceSeq, leftSeq, lastSeq } = place;
  return { since: sinceSeq, end: leftSeq === null ? lastSeq : Math.min(leftSeq, lastSeq) };
}
