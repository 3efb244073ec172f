import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { TrustedDocuments } from './operations/trusted-documents.js';

/** What the gateway serves. */
export interface Graph {
  readonly supergraphSdl: string;
  readonly documents: TrustedDocuments;
}

/** The composed graph and the operations of its clients, as committed. */
export const SCHEMA_FOLDER = fileURLToPath(new URL('../../schema/', import.meta.url));

/** The files of a graph, from its folder. */
export const GRAPH_FILES = ['supergraph.graphql', 'operations/manifest.json'] as const;

/** Reads a graph. @throws Error when a file is not there or the manifest is none */
export async function readGraph(folder = SCHEMA_FOLDER): Promise<Graph> {
  const [supergraphSdl, manifest] = await Promise.all(GRAPH_FILES.map((file) => readFile(join(folder, file), 'utf8')));
  return { supergraphSdl: supergraphSdl ?? '', documents: new TrustedDocuments(JSON.parse(manifest ?? '')) };
}
