/** How long the gateway waits for subgraphs, and how many visits it pays to one at a time. */
export interface Patience {
  /** For all fetches of a query together, in milliseconds. */
  readonly readMs: number;
  /** For all fetches of a mutation, for the opening of a subscription, and for those of one event. */
  readonly writeMs: number;
  /** Where one subgraph is to get less of it; by its name. */
  readonly subgraphMs: Readonly<Partial<Record<string, number>>>;
  /** Fetches that one subgraph works on at a time; the others wait within their time. */
  readonly concurrent: number;
}

export const DEFAULT_PATIENCE: Patience = { readMs: 5_000, writeMs: 10_000, subgraphMs: {}, concurrent: 256 };

/** What is left for the fetches of a query when most of its time went by before the first of them. */
export const LEAST_MS = 400;
