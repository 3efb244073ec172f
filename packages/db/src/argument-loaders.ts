import DataLoader from 'dataloader';

/**
 * A loader for each set of arguments that a request comes with (`first`, `after`, `sort` …), made when they first appear: the same list of a
 * hundred owners is one batch, and an alias with other arguments is another.
 */
export function argumentLoaders<Args, Value>(
  batch: (ownerIds: readonly string[], args: Args) => Promise<readonly Value[]>,
): (args: Args, ownerId: string) => Promise<Value> {
  const loaders = new Map<string, DataLoader<string, Value>>();
  return (args, ownerId) => {
    const key = JSON.stringify(args);
    let loader = loaders.get(key);
    if (loader === undefined) {
      loader = new DataLoader((ownerIds) => batch(ownerIds, args));
      loaders.set(key, loader);
    }
    return loader.load(ownerId);
  };
}
