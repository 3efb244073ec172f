/** What an app may be granted, in the words that its person reads. The public part of the graph says which fields want which. */
export const SCOPES: Readonly<Record<string, string>> = {
  'read:profile': 'see who you are on Plaza',
  'read:email': 'see your e-mail address',
  'read:posts': 'read the posts that you can read, and your home feed',
  'write:posts': 'publish and delete posts in your name',
  'write:likes': 'like posts in your name',
};

export const ALL_SCOPES: readonly string[] = Object.keys(SCOPES);

/** Those of a request that there are, in the order of the list. */
export function knownScopes(asked: string): readonly string[] {
  const wanted = new Set(asked.split(' '));
  return ALL_SCOPES.filter((scope) => wanted.has(scope));
}
