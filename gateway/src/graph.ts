import { readdir, readFile } from 'node:fs/promises';
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

const SUPERGRAPH = 'supergraph.graphql';
const MANIFEST = 'operations/manifest.json';
const CLIENTS = 'operations/clients';

/** The files of a graph, from its folder: the supergraph, the manifest, and those that clients' own builds have written. */
export async function graphFiles(folder: string): Promise<readonly string[]> {
  const clients = await readdir(join(folder, CLIENTS)).catch(() => []);
  const manifests = clients.filter((file) => file.endsWith('.json')).toSorted();
  return [SUPERGRAPH, MANIFEST, ...manifests.map((file) => `${CLIENTS}/${file}`)];
}

/** Reads a graph. @throws Error when a file is not there or a manifest is none */
export async function readGraph(folder = SCHEMA_FOLDER): Promise<Graph> {
  const files = await graphFiles(folder);
  const [supergraphSdl = '', ...manifests] = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return { supergraphSdl, documents: new TrustedDocuments(...manifests.map((text): unknown => JSON.parse(text))) };
}
