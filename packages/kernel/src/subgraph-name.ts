/** The subgraphs, in the order in which they start: each may call those before it at once, those after it later. */
export const SUBGRAPH_NAMES = ['accounts', 'social', 'content', 'commerce', 'messaging', 'feed'] as const;

export type SubgraphName = (typeof SUBGRAPH_NAMES)[number];
