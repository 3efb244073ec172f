import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { type GraphQLSchema, lexicographicSortSchema, parse, printSchema } from 'graphql';
import { publicContract } from '../../gateway/src/access/public-contract.js';
import { accessTable } from './access.js';
import type { SubgraphSdl } from './sdl.js';

/** The composed graph: what the gateway loads, what clients see, and what other people's apps do. */
export interface ComposedGraph {
  readonly supergraphSdl: string;
  readonly apiSdl: string;
  readonly publicSdl: string;
  /** A row for each field: who may have it. */
  readonly access: string;
  readonly api: GraphQLSchema;
}

export type Composition =
  { readonly kind: 'composed'; readonly graph: ComposedGraph } | { readonly kind: 'refused'; readonly reasons: readonly string[] };

/** Composes; a hint is refused like an error, because each one says that two subgraphs disagree about a word. */
export function compose(subgraphs: readonly SubgraphSdl[]): Composition {
  const result = composeServices(subgraphs.map(({ name, whole }) => ({ name, typeDefs: whole, url: `http://${name}.invalid` })));
  if (result.errors) return { kind: 'refused', reasons: result.errors.map(({ message }) => message) };
  if (result.hints.length > 0) return { kind: 'refused', reasons: result.hints.map((hint) => `${hint.definition.code}: ${hint.message}`) };
  // Without the check of supported features, so that the security directives may stay; the gateway enforces them.
  const supergraph = Supergraph.build(result.supergraphSdl, { supportedFeatures: null, validateSupergraph: false });
  const api = lexicographicSortSchema(supergraph.apiSchema().toGraphQLJSSchema());
  const document = parse(result.supergraphSdl, { noLocation: true });
  const contract = publicContract(document, api);
  if (contract.problems.length > 0) return { kind: 'refused', reasons: contract.problems };
  const access = accessTable(document, api, contract);
  const supergraphSdl = `${result.supergraphSdl.trim()}\n`;
  return { kind: 'composed', graph: { supergraphSdl, apiSdl: `${printSchema(api).trim()}\n`, publicSdl: contract.sdl, access, api } };
}
