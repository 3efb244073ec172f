/**
 * The subgraphs of the graph, in the order in which they are composed: the one list that the tooling reads.
 *
 * @type {readonly string[]}
 */
export const subgraphs = ['accounts', 'content', 'social', 'feed', 'commerce', 'messaging'];
