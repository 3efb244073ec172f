import { analyse } from './analysis.js';
import { MAX_NAME, nameOf } from './conditions.js';
import type { Importance, IndexDocument } from './search-index.js';

/** A term where it stands in a document. */
export interface PlacedTerm {
  readonly term: string;
  readonly position: number;
  readonly importance: Importance;
}

/** So far apart are two fields: no phrase goes from one into the next. */
const BETWEEN_FIELDS = 10;
const MAX_SUGGESTED_NAMES = 24;

/** All that a document can be found by. */
export function termsOf({ fields }: IndexDocument): readonly PlacedTerm[] {
  const terms: PlacedTerm[] = [];
  let base = 0;
  for (const { text, importance } of fields) {
    let last = 0;
    for (const { term, exact, position } of analyse(text)) {
      terms.push({ term, position: base + position, importance });
      if (exact !== term) terms.push({ term: exact, position: base + position, importance });
      last = Math.max(last, position);
    }
    base += last + BETWEEN_FIELDS;
  }
  return terms;
}

/** What typing may begin with to be suggested a document: each of its names, from the start of each word of it. */
export function beginningsOf({ names }: IndexDocument): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    for (const { kind, start } of [{ kind: 'WORD', start: 0 }, ...analyse(name)])
      if (kind !== 'HASHTAG' && kind !== 'MENTION') found.add(nameOf(name.slice(start)).slice(0, MAX_NAME));
  }
  found.delete('');
  return [...found].slice(0, MAX_SUGGESTED_NAMES);
}
