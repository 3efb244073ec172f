import type { IndexChange } from './search-index.js';

const keyOf = (change: IndexChange): string => {
  const { kind, id } = 'gone' in change ? change.gone : change.document;
  return `${kind} ${id}`;
};

/** One change for each document, the one with the highest version: two in one slice would be an error, or a race. */
export function newestOf(changes: readonly IndexChange[]): readonly IndexChange[] {
  const newest = new Map<string, IndexChange>();
  for (const change of changes) {
    const known = newest.get(keyOf(change));
    if (known === undefined || known.version < change.version) newest.set(keyOf(change), change);
  }
  return [...newest.values()];
}
