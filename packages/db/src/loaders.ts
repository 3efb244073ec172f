import DataLoader from 'dataloader';

/**
 * A loader of rows by their own key: the factory carries the ordering, the store only answers `WHERE id = ANY(keys)`. Missing keys load null.
 */
export function byKey<Key extends string, Row>(
  read: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
): DataLoader<Key, Row | null> {
  return new DataLoader<Key, Row | null>(async (keys) => {
    const rows = new Map((await read(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  });
}

/** A loader of the rows that belong to a key, in the store's order. Keys with none load an empty list. */
export function byOwner<Key extends string, Row>(
  read: (keys: readonly Key[]) => Promise<readonly Row[]>,
  ownerOf: (row: Row) => Key,
): DataLoader<Key, readonly Row[]> {
  return new DataLoader<Key, readonly Row[]>(async (keys) => {
    const lists = new Map<Key, Row[]>(keys.map((key) => [key, []]));
    for (const row of await read(keys)) lists.get(ownerOf(row))?.push(row);
    return keys.map((key) => lists.get(key) ?? []);
  });
}
