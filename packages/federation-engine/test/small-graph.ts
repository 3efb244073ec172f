import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, type GraphQLSchema, parse } from 'graphql';
import { createEngine, type FederationEngine, type OverrideChoice } from '../src/engine.js';
import type { Result } from '../src/execute/execution.js';
import type { Fetch, SubgraphRequest, SubgraphResult } from '../src/subgraphs.js';
import { LINK, supergraphOf } from './graphs.js';

type Resolver = (parent: Readonly<Record<string, unknown>>, args: Readonly<Record<string, unknown>>) => unknown;

/** One subgraph: its SDL, and what its fields answer. */
export interface SmallSubgraph {
  readonly sdl: string;
  readonly resolvers?: Readonly<Record<string, Readonly<Record<string, Resolver>>>>;
}

export interface Sent extends SubgraphRequest {
  readonly subgraph: string;
}

export interface Asked {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly overrides?: OverrideChoice;
  readonly signal?: AbortSignal;
}

/** A graph of a few subgraphs, and what was sent to them. */
export class SmallGraph {
  readonly engine: FederationEngine;
  readonly sent: Sent[] = [];
  readonly #schemas: ReadonlyMap<string, GraphQLSchema>;

  constructor(subgraphs: Readonly<Record<string, SmallSubgraph>>) {
    const sdls = Object.fromEntries(Object.entries(subgraphs).map(([name, { sdl }]) => [name, sdl]));
    this.engine = createEngine({ supergraphSdl: supergraphOf(sdls) });
    this.#schemas = new Map(
      Object.entries(subgraphs).map(([name, { sdl, resolvers = {} }]) => [
        name,
        buildSubgraphSchema([{ typeDefs: parse(`${LINK}\n${sdl}`), resolvers }]),
      ]),
    );
  }

  /** Asks; what a subgraph would answer may be replaced. */
  async ask(
    text: string,
    { variables = {}, overrides, signal }: Asked = {},
    instead?: (sent: Sent) => SubgraphResult | undefined,
  ): Promise<Result> {
    this.sent.length = 0;
    const plan = await this.engine.plan({ document: parse(text), ...(overrides === undefined ? {} : { overrides }) });
    return this.engine.execute({ plan, variables, signal, fetch: this.fetch(instead) });
  }

  fetch(instead?: (sent: Sent) => SubgraphResult | undefined): Fetch {
    return async (subgraph, request) => {
      const sent = { subgraph, ...request };
      this.sent.push(sent);
      const replaced = instead?.(sent);
      if (replaced !== undefined) return replaced;
      const schema = this.#schemas.get(subgraph);
      if (schema === undefined) throw new Error(`no ${subgraph}`);
      const result = await execute({ schema, document: parse(request.query), variableValues: request.variables });
      return JSON.parse(JSON.stringify(result)) as SubgraphResult; // as it comes over a wire
    };
  }

  /** How many representations went to the subgraph. */
  representations(subgraph: string): readonly unknown[] {
    return this.sent.flatMap((sent) =>
      sent.subgraph === subgraph ? ((sent.variables['representations'] as readonly unknown[] | undefined) ?? []) : [],
    );
  }
}

/** Paths of the errors, one line each. */
export const errorPaths = ({ errors = [] }: Result): readonly string[] => errors.map(({ path }) => path?.join('.') ?? '').toSorted();
