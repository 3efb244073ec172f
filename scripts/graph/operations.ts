import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, type GraphQLSchema, Kind, parse, print, Source } from 'graphql';
import { documentFaults } from '../../gateway/src/operations/document-faults.js';

/** Apollo's persisted-query manifest: `id` is the SHA-256 of `body` in hex. */
export interface Manifest {
  readonly format: 'apollo-persisted-query-manifest';
  readonly version: 1;
  readonly operations: readonly ManifestOperation[];
}

export interface ManifestOperation {
  readonly id: string;
  readonly name: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly body: string;
}

export interface ReadOperations {
  readonly manifest: Manifest;
  /** What keeps a document from being trusted, one line each; empty when all is well. */
  readonly problems: readonly string[];
}

/**
 * Reads every document of `folder`: one operation a file, with its fragments, named like the file, valid against `api`. `asSent` is what their client
 * makes of a document before it sends it.
 */
export function readOperations(
  folder: string,
  api: GraphQLSchema,
  asSent: (document: DocumentNode) => DocumentNode = (document) => document,
): ReadOperations {
  const problems: string[] = [];
  const operations = readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .toSorted()
    .flatMap((file): ManifestOperation[] => {
      const path = join(folder, file);
      const document = asSent(parse(new Source(readFileSync(path, 'utf8'), path)));
      const [operation, ...rest] = document.definitions;
      const name = file.replace(/\.graphql$/, '');
      if (
        operation?.kind !== Kind.OPERATION_DEFINITION ||
        rest.some(({ kind }) => kind !== Kind.FRAGMENT_DEFINITION) ||
        operation.name?.value !== name
      ) {
        problems.push(`${path}: wants one operation first, named ${name}`);
        return [];
      }
      // The validation rules pass over an operation whose root type is not there.
      if (!api.getRootType(operation.operation)) problems.push(`${path}: the graph has no ${operation.operation}`);
      for (const { message, locations } of documentFaults(api, document, { introspection: true }))
        problems.push(`${path}:${locations?.[0]?.line ?? 1}: ${message}`);
      const body = print(document);
      return [{ id: createHash('sha256').update(body).digest('hex'), name, type: operation.operation, body }];
    });
  return { manifest: { format: 'apollo-persisted-query-manifest', version: 1, operations }, problems };
}
