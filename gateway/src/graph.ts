import { readFile } from 'node:fs/promises';
import { TrustedDocuments } from './operations/trusted-documents.js';

/** What the gateway serves. */
export interface Graph {
  readonly supergraphSdl: string;
  readonly documents: TrustedDocuments;
}

const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url);

/** The composed graph and the operations of its clients, as committed. */
export async function readGraph(): Promise<Graph> {
  const [supergraphSdl, manifest] = await Promise.all([
    readFile(new URL('supergraph.graphql', SCHEMA_FOLDER), 'utf8'),
    readFile(new URL('operations/manifest.json', SCHEMA_FOLDER), 'utf8'),
  ]);
  return { supergraphSdl, documents: new TrustedDocuments(JSON.parse(manifest)) };
}
