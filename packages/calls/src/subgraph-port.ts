import type { Saying } from '@plaza/auth/assertion';
import type { EventEnvelope } from '@plaza/events/envelope';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { cacheCount } from '@plaza/telemetry/cache-counts';
import type { ExecutionResult } from 'graphql';
import { LRUCache } from 'lru-cache';

/** A GraphQL request to a subgraph. */
export interface SubgraphRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string | undefined;
}

/** What an event says to whoever hands it on. It reaches no client. */
export interface LiveMark {
  /**
   * Whose doing it is (UUIDs): the event goes to nobody who blocks, or is blocked by, one of them. Given only where everybody else may see the
   * event exactly as a guest does; without it the event is for its own subscriber alone.
   */
  readonly authors?: readonly string[];
  /** Who is heard in it (a UUID), beside `authors`: it goes to nobody who has muted them. */
  readonly heard?: string;
  /** Where it stands in its log: greater is later. What was replayed up to here need not be delivered again. */
  readonly position?: number;
  /** What brings everything after this event when it is given as the field's `after`, whoever gives it. Sharing needs it: docs/adr/0012-live-sharing.md. */
  readonly cursor?: string;
  /** When it was begun to be decided who may see it, in milliseconds since 1970: what is told long after is told by rules that may be no more. */
  readonly decidedAt?: number;
}

/** An event of a subscription. One without data and errors tells its subscriber nothing: only its mark counts. */
export interface LiveResult extends ExecutionResult {
  readonly mark?: LiveMark;
}

/** What a subgraph answers. */
export interface PortResult extends ExecutionResult {
  /** Promises that no string in `data` needs an escape in JSON: whoever writes it need not look. */
  readonly isPlain?: boolean;
  /** Promises that every character of `data` is one of ASCII: as text it is its own bytes. */
  readonly isAscii?: boolean;
}

/**
 * The door of a subgraph, the same in one process and over HTTP. Every visit carries an assertion for exactly its body
 * (`assertionBody` of this file) and is refused with Fault UNAUTHENTICATED without one; what stays in one process may bring the claims themselves
 * (`executeFor`, `callFor`).
 */
export interface SubgraphPort {
  readonly name: SubgraphName;
  /** Never throws for what the request did: errors are in the result, masked. Throws Fault UNAVAILABLE when the subgraph cannot be reached. */
  execute(request: SubgraphRequest, assertion: string): Promise<PortResult>;
  /** The same by a port to which what is said is signed when it leaves, once for what goes together; or not at all, where it stays in this process. */
  executeFor?(request: SubgraphRequest, saying: Saying): Promise<PortResult>;
  /**
   * A subscription: a stream of events, or one result that says why there is none. Each event is looked at with the rules of its own moment, so
   * one assertion opens the stream and none is needed for an event. The stream ends by itself when there is nothing more to see, and throws
   * Fault UNAVAILABLE when the subgraph goes away; `return()` ends it from this side. @throws Fault
   */
  subscribe(request: SubgraphRequest, assertion: string): Promise<AsyncIterableIterator<LiveResult> | ExecutionResult>;
  /** An internal call by its full name (`content.visiblePosts`). @throws Fault */
  call(name: string, input: unknown, assertion: string): Promise<unknown>;
  /** The same within this process. */
  callFor?(name: string, input: unknown, saying: Saying): Promise<unknown>;
  /** Hands over events in order; resolves when each has taken effect once. Safe to repeat. */
  deliver(events: readonly EventEnvelope[], assertion: string): Promise<void>;
  /** Whether it can serve: its database answers. */
  ready(): Promise<boolean>;
}

/** Texts of requests that are on their way: in one process, who asks and who is asked hold the same object and need its text both. */
const texts = new WeakMap<object, string>();

function textOf(visit: object, write: () => string): string {
  let text = texts.get(visit);
  if (text === undefined) {
    text = write();
    texts.set(visit, text);
  }
  return text;
}

/** The JSON of a query text: plans send the same few again and again. */
const queries = new LRUCache<string, string>({ max: 1_000, maxSize: 4_000_000, sizeCalculation: (json) => json.length + 1 });

const count = cacheCount('query_texts');

function queryJson(query: string): string {
  const known = queries.get(query);
  if (known !== undefined) {
    count.hits += 1;
    return known;
  }
  count.misses += 1;
  const json = JSON.stringify(query);
  queries.set(query, json);
  return json;
}

/** A request in the parts that its body and its assertion are made of, each written once. */
export class WrittenRequest {
  readonly #query: string;
  readonly #operationName: string | undefined;
  readonly #variables: string;

  constructor({ query, operationName, variables }: SubgraphRequest) {
    this.#query = queryJson(query);
    this.#operationName = operationName === undefined ? undefined : JSON.stringify(operationName);
    this.#variables = JSON.stringify(variables);
  }

  /** As it goes over a wire. */
  json(): string {
    const named = this.#operationName === undefined ? '' : `,"operationName":${this.#operationName}`;
    return `{"query":${this.#query},"variables":${this.#variables}${named}}`;
  }

  /** What the body hash of its assertion covers. */
  asserted(): string {
    return `[${this.#query},${this.#operationName ?? 'null'},${this.#variables}]`;
  }
}

const assertedText = (request: SubgraphRequest): string => new WrittenRequest(request).asserted();

/** What an assertion's body hash covers, for each of the doors. A request is not changed once it was asserted. */
export const assertionBody = {
  execute: (request: SubgraphRequest): string => textOf(request, () => assertedText(request)),
  call: (name: string, input: unknown): string => JSON.stringify([name, input]),
  subscribe: (request: SubgraphRequest): string => textOf(request, () => assertedText(request)),
  deliver: (events: readonly EventEnvelope[]): string => textOf(events, () => JSON.stringify(events)),
  /** A subgraph's own routes: what is asked, not what is sent, which may be long. `url` as the client sent it: path and query. */
  route: (method: string, url: string): string => `${method} ${url}`,
};
