import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import type { Logger } from '@plaza/telemetry/logger';
import type { RequestHandler } from 'express';
import { assertValidSchema, type DocumentNode, type GraphQLSchema, Kind, parse } from 'graphql';
import { PolicyTable, type Rights } from '../access/policy-table.js';
import { publicContract } from '../access/public-contract.js';
import { PublicRights } from '../access/public-rights.js';
import { SameForAll } from '../access/same-for-all.js';
import { type Contract, Door, type DoorParts } from '../door.js';
import { createEngine, type EngineName } from '../engine/create-engine.js';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../graph.js';
import { startApolloServer } from '../http/apollo-server.js';
import { CostTable } from '../limits/cost.js';
import type { Limits } from '../limits/limits.js';
import { Operations } from '../operations/operations.js';
import type { TrustedDocuments } from '../operations/trusted-documents.js';
import type { FetchParts } from '../subgraph-fetches.js';
import { warmUp } from '../warm-up.js';
import { Work } from './work.js';

/** What every generation is made with. */
export interface GenerationParts {
  readonly engine: EngineName;
  /** Where plans are made; aside. */
  readonly planning: 'aside' | 'here' | undefined;
  /** Where plans of trusted documents are kept from one start to the next; nowhere without it. */
  readonly plansFolder: string | undefined;
  readonly limits: Limits;
  /** Whether clients may ask for the schema, and hear what they may have meant. */
  readonly introspection: boolean;
  /** Whether only trusted documents run, of those who have no token to try things out with. */
  readonly safelist: boolean;
  readonly fetches: FetchParts;
  readonly logger: Logger;
}

/**
 * Everything that holds for one graph alone: plans, parsed texts, trusted documents, what fields cost and who may have them. It is replaced as
 * a whole, and a request stays with the one that admitted it.
 */
export class Generation {
  /** 1 for the graph that the gateway started with; each later one is greater. */
  readonly number: number;
  readonly graph: Graph;
  readonly operations: Operations;
  readonly door: Door;
  /** GraphQL over HTTP, for what {@link door} has admitted. */
  readonly http: RequestHandler;
  /** What must end before this generation may. */
  readonly work: Work;
  readonly #engine: Engine;
  readonly #stopHttp: () => Promise<void>;

  private constructor(
    number: number,
    made: Pick<Generation, 'graph' | 'operations' | 'door' | 'http' | 'work'> & {
      readonly engine: Engine;
      readonly stopHttp: () => Promise<void>;
    },
  ) {
    this.number = number;
    this.graph = made.graph;
    this.operations = made.operations;
    this.door = made.door;
    this.http = made.http;
    this.work = made.work;
    this.#engine = made.engine;
    this.#stopHttp = made.stopHttp;
  }

  /** @throws Error when the supergraph is none, or names a subgraph that nobody serves */
  static async start(number: number, graph: Graph, parts: GenerationParts): Promise<Generation> {
    const { limits, introspection, safelist, fetches, logger } = parts;
    const { supergraphSdl } = graph;
    const supergraph = parse(supergraphSdl, { noLocation: true });
    for (const name of subgraphsOf(supergraph))
      if (!isServed(name, fetches)) throw new Error(`The supergraph names the subgraph "${name}", which nobody serves.`);
    const engine = await createEngine(parts.engine, {
      supergraphSdl,
      logger,
      newPlans: limits.rate.newPlans,
      planning: parts.planning,
      plansFolder: parts.plansFolder,
    });
    try {
      const { schema } = engine;
      assertValidSchema(schema);
      const contracts = contractsOf(supergraph, schema, graph, parts);
      const { operations } = contracts.whole;
      const known = contracts.public === null ? [operations] : [operations, contracts.public.operations];
      const work = new Work();
      const door = new Door({ engine, contracts, limits, safelist, hints: introspection, fetches, logger, work });
      const { handle: http, stop: stopHttp } = await startApolloServer({ schema, door, operations: known, limits, introspection, logger });
      return new Generation(number, { graph, operations, door, http, work, engine, stopHttp });
    } catch (error) {
      await engine.stop();
      throw error;
    }
  }

  get documents(): TrustedDocuments {
    return this.graph.documents;
  }

  /** Makes the plans of the graph's own operations; stops in between when the signal is aborted. @throws Error when one cannot be made */
  warmUp(signal: AbortSignal): Promise<void> {
    return warmUp(this.documents, this.operations, this.#engine, signal);
  }

  /** Lets go of it, whatever still runs. */
  async stop(): Promise<void> {
    await this.#stopHttp();
    await this.#engine.stop();
  }

  /** Lets go of it once nothing runs that it admitted. */
  async retire(): Promise<void> {
    await this.work.ended();
    await this.stop();
  }
}

function contractsOf(
  supergraph: DocumentNode,
  whole: GraphQLSchema,
  { documents }: Graph,
  { limits, introspection }: GenerationParts,
): DoorParts['contracts'] {
  const policies = new PolicyTable(supergraph, whole);
  const contractOf = (schema: GraphQLSchema, rights: Rights, isOpen: boolean): Contract => {
    const sameForAll = new SameForAll(supergraph, schema);
    const operations = new Operations({ schema, policies: rights, sameForAll, limits: limits.document, documents, introspection: isOpen });
    return { schema, operations, costs: new CostTable(supergraph, schema) };
  };
  const forApps = publicContract(supergraph, whole);
  return {
    whole: contractOf(whole, policies, introspection),
    // What everybody may know is no secret in any profile.
    public: forApps.schema === null ? null : contractOf(forApps.schema, new PublicRights(policies, forApps), true),
  };
}

function isServed(name: string, { ports }: FetchParts): boolean {
  const known = SUBGRAPH_NAMES.find((subgraph) => subgraph === name);
  return known !== undefined && ports(known) !== undefined;
}

/** The names that a supergraph knows its subgraphs by. */
function subgraphsOf({ definitions }: DocumentNode): readonly string[] {
  const graphs = definitions.find((node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph');
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) throw new Error('The supergraph names no subgraphs.');
  return (graphs.values ?? []).flatMap(({ directives = [] }) =>
    directives.flatMap(({ arguments: given = [] }) =>
      given.flatMap(({ name, value }) => (name.value === 'name' && value.kind === Kind.STRING ? [value.value] : [])),
    ),
  );
}
