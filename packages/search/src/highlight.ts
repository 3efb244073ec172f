import { analyse, type Token } from './analysis.js';
import type { Condition } from './conditions.js';

/** A part of a text, in UTF-16 code units; `end` is exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export const MAX_RANGES = 20;

/**
 * Where a text answers the conditions: in its order, apart from each other, the first {@link MAX_RANGES}. With `isName` the last term of an open
 * condition may be a beginning.
 */
export function highlight(text: string, conditions: readonly Condition[], isName = false): readonly TextRange[] {
  const byPosition = new Map<number, Token[]>();
  for (const token of analyse(text)) {
    const there = byPosition.get(token.position);
    if (there === undefined) byPosition.set(token.position, [token]);
    else there.push(token);
  }
  const found: TextRange[] = [];
  for (const position of byPosition.keys())
    for (const { sequence, isOpen } of conditions) {
      const range = matchAt(byPosition, position, sequence, isName && isOpen);
      if (range !== null) found.push(range);
    }
  return apart(found).slice(0, MAX_RANGES);
}

function matchAt(
  byPosition: ReadonlyMap<number, readonly Token[]>,
  from: number,
  sequence: readonly string[],
  isOpen: boolean,
): TextRange | null {
  let start: number | null = null;
  let end = 0;
  for (const [offset, term] of sequence.entries()) {
    const isBeginning = isOpen && offset === sequence.length - 1;
    const token = byPosition.get(from + offset)?.find((one) => one.term === term || (isBeginning && one.term.startsWith(term)));
    if (token === undefined) return null;
    start ??= token.start;
    end = token.end;
  }
  return start === null ? null : { start, end };
}

/** Sorted; of those that overlap one that covers both. */
function apart(ranges: readonly TextRange[]): readonly TextRange[] {
  const merged: TextRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last !== undefined && range.start < last.end) merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
}
