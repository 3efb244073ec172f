import type { Condition } from './conditions.js';
import type { PlacedTerm } from './document-terms.js';
import type { Importance } from './search-index.js';

/** A term as PostgreSQL's text search reads it, whatever it holds. */
const quoted = (term: string): string => `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const WEIGHTS: Readonly<Record<Importance, string>> = { NAME: 'A', TEXT: 'B', ASIDE: 'C' };
/** PostgreSQL's bounds: positions of one term, and the last position. */
const MAX_POSITIONS = 255;
const LAST_POSITION = 16_383;
/** PostgreSQL takes no longer term (2,046 bytes). */
const MAX_TERM = 400;

/** Terms with their places as the text of a tsvector. */
export function tsvectorOf(terms: readonly PlacedTerm[]): string {
  const places = new Map<string, string[]>();
  for (const { term, position, importance } of terms) {
    if (term.length > MAX_TERM) continue;
    const known = places.get(term);
    const place = `${Math.min(position, LAST_POSITION)}${WEIGHTS[importance]}`;
    if (known === undefined) places.set(term, [place]);
    else if (known.length < MAX_POSITIONS) known.push(place);
  }
  return [...places].map(([term, at]) => `${quoted(term)}:${at.join(',')}`).join(' ');
}

const sequenceOf = (terms: readonly string[], isOpen: boolean): string =>
  `(${terms.map((term, index) => quoted(term) + (isOpen && index === terms.length - 1 ? ':*' : '')).join(' <-> ')})`;

/** All of `must` and none of `mustNot`; for names, open conditions also match beginnings. */
export function tsqueryOf(must: readonly Condition[], mustNot: readonly Condition[], isName: boolean): string {
  return [
    ...must.map(({ sequence, isOpen }) => sequenceOf(sequence, isName && isOpen)),
    ...mustNot.map(({ sequence }) => `!${sequenceOf(sequence, false)}`),
  ].join(' & ');
}

/** All words side by side in the order of the query; null for one word. */
export function adjacentOf(must: readonly Condition[]): string | null {
  return must.length < 2
    ? null
    : sequenceOf(
        must.flatMap(({ sequence }) => sequence),
        false,
      );
}

/** Any, and all, of what the best matches have; null where nothing is preferred. */
export function preferredOf(must: readonly Condition[]): { readonly any: string; readonly all: string } | null {
  const terms = [...new Set(must.flatMap(({ preferred }) => preferred))].filter((term) => term.length <= MAX_TERM).map(quoted);
  return terms.length === 0 ? null : { any: terms.join(' | '), all: terms.join(' & ') };
}
