import type { JsonObject } from '../json.js';
import type { Shape } from '../shape/shape.js';
import type { Fetch, SubgraphError, SubgraphResult } from '../subgraphs.js';

/** An error with the place in the data that it belongs to, in the keys that were fetched. */
export interface Lost {
  readonly message: string;
  readonly path: readonly (string | number)[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly cause: unknown;
}

/** One execution of one plan. */
export interface Run {
  readonly root: JsonObject;
  /** As the client gave them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Those that `@skip` and `@include` read, with their defaults. */
  readonly conditions: Readonly<Record<string, boolean>>;
  /** Of the answer. */
  readonly shape: Shape;
  readonly fetch: Fetch;
  readonly signal: AbortSignal | undefined;
  readonly errors: Lost[];
  /** Whether anything that was asked for did not come: what is missing may be missing for that. */
  hasLosses: boolean;
  /** Whether objects may stand at several places. */
  hasShared: boolean;
  /** Fetches under way that another part of the plan may ask for as well, by what is sent. */
  readonly shared: Map<string, Promise<SubgraphResult>>;
  /** Entities that were fetched, or are on their way, by the fetch's text and then by who they are: for fetches that the plan has several times. */
  readonly entities: Map<string, Map<string, Promise<ReadonlyMap<string, JsonObject>>>>;
  /** Whether every string of the data may be written without a look at it. */
  isPlain: boolean;
  /** Whether every character of the data is one of ASCII. */
  isAscii: boolean;
}

/** A part of a plan, ready to run. Returns nothing when there was nothing to wait for. Never rejects: what fails is an entry of `errors`. */
export type Task = (run: Run) => Promise<void> | undefined;

/** Notes an error. */
export function lose(run: Run, lost: Lost): void {
  run.errors.push(lost);
  run.hasLosses = true;
}

/** Code of an error that its subgraph gave none. */
const DOWNSTREAM = 'DOWNSTREAM_SERVICE_ERROR';

export function lostAt(error: SubgraphError, subgraph: string, path: readonly (string | number)[] | undefined): Lost {
  const message = error.message || `Error while fetching subquery from service "${subgraph}"`;
  const extensions = { ...error.extensions, serviceName: subgraph, code: error.extensions?.['code'] ?? DOWNSTREAM };
  return { message, path, extensions, cause: error };
}

/** A failure of the whole fetch, which no place can be named for. */
export function failure(error: unknown, subgraph: string): Lost {
  const message = error instanceof Error ? error.message : String(error);
  const extensions = error instanceof Error && 'extensions' in error && typeof error.extensions === 'object' ? error.extensions : {};
  return lostAt({ message, extensions: { ...extensions } }, subgraph, undefined);
}
