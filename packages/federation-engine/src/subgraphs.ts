import type { JsonObject } from './json.js';

/** What is sent to a subgraph. */
export interface SubgraphRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string | undefined;
}

/** An error as a subgraph tells it: its path begins at the subgraph's own root. */
export interface SubgraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export interface SubgraphResult {
  /** The engine's own from here on: it writes into it. */
  readonly data?: object | null | undefined;
  readonly errors?: readonly SubgraphError[] | undefined;
  /** Promises that no string in `data` needs an escape in JSON (the text that it was read from has no backslash): writing is cheaper then. */
  readonly isPlain?: boolean | undefined;
  /** Promises that every character of `data` is one of ASCII: what is written of it has as many bytes as characters. */
  readonly isAscii?: boolean | undefined;
}

/** How one request reaches the subgraphs. A rejection becomes one error without a path. */
export type Fetch = (subgraph: string, request: SubgraphRequest) => Promise<SubgraphResult>;

/** Opens the stream of a live field: events, or one result that says why there are none. */
export type Listen<T extends SubgraphResult> = (subgraph: string, request: SubgraphRequest) => Promise<AsyncIterable<T> | T>;

/** The data of a result, taken as what JSON holds. */
export const dataOf = (result: SubgraphResult): JsonObject | null => (result.data ?? null) as JsonObject | null; // what a subgraph answers is JSON
