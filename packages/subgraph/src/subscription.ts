import type { LiveResult } from '@plaza/calls/subgraph-port';
import { createSourceEventStream, type DocumentNode, execute, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { markOf, NothingToTell } from './live-event.js';
import type { RequestScope } from './request-scope.js';

export interface SubscriptionParts {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly scope: RequestScope;
  readonly context: (scope: RequestScope) => unknown;
  /** The same visitor as of now: their epoch read anew. @throws Fault UNAVAILABLE */
  readonly renew: (scope: RequestScope) => Promise<RequestScope>;
  readonly shown: (result: ExecutionResult) => ExecutionResult;
  /** Milliseconds since 1970; of the machine without it. */
  readonly now?: () => number;
}

/** Runs a subscription: its field's `subscribe` once, its `resolve` and all below it anew for each event, as of that event's moment. */
export async function runSubscription(parts: SubscriptionParts): Promise<AsyncIterableIterator<LiveResult> | ExecutionResult> {
  const { schema, document, variables, operationName, shown, now = Date.now } = parts;
  const left = new AbortController();
  const scope = { ...parts.scope, left: left.signal };
  const contextValue = parts.context(scope);
  const events = await createSourceEventStream({ schema, document, variableValues: variables, operationName, contextValue });
  if (!(Symbol.asyncIterator in events)) return shown(events);

  /** Null: nothing is told. In a function of its own, so that a stream that waits for its next event holds on to nothing of the last. */
  async function look(event: unknown): Promise<LiveResult | null> {
    const decidedAt = now();
    const context = parts.context({ ...(await parts.renew(scope)) });
    const result = await execute({ schema, document, variableValues: variables, operationName, rootValue: event, contextValue: context });
    const marked = typeof context === 'object' && context !== null ? markOf(context) : undefined;
    const isUntold = result.errors?.some(({ originalError }) => originalError instanceof NothingToTell) === true;
    if (isUntold) return marked === undefined ? null : { mark: { ...marked, decidedAt } };
    return { ...shown(result), mark: { ...marked, decidedAt } };
  }

  async function* results(source: AsyncIterable<unknown>): AsyncGenerator<LiveResult, void, undefined> {
    for await (const event of source) {
      const result = await look(event);
      if (result !== null) yield result;
    }
  }

  const stream = results(events);
  const live: AsyncIterableIterator<LiveResult> = {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => stream.next(),
    async return() {
      // A generator that waits hears of `return` only when its wait is over: the signal ends the wait.
      left.abort('left'); // a reason of ours: else an error is made for it, with its stack
      return stream.return();
    },
  };
  return live;
}
