import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type DocumentNode, type GraphQLSchema, GraphQLError, Kind, parse } from 'graphql';
import { z } from 'zod';
import { documentFaults } from '../../gateway/src/operations/document-faults.js';

/** As the code generation of Apollo's clients for Kotlin and Swift writes it, and the tool for its client of the web. */
const ClientManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({ id: z.string(), name: z.string(), type: z.enum(['query', 'mutation', 'subscription']), body: z.string().min(1) }),
  ),
});
type ClientOperation = z.infer<typeof ClientManifest>['operations'][number];

/** The manifests of clients, whose builds made them: by the client's name, which is the file's. */
export function clientManifests(folder: string): ReadonlyMap<string, string> {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  return new Map(files.toSorted().map((file) => [basename(file, '.json'), readFileSync(join(folder, file), 'utf8')]));
}

/** What keeps a client's operations from being trusted, one line each: the gateway runs them as the client has sent them, or not at all. */
export function clientProblems(client: string, text: string, api: GraphQLSchema): readonly string[] {
  const read = ClientManifest.safeParse(parsed(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    return [`${client}: is no persisted query manifest: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim()];
  }
  return read.data.operations.flatMap((operation) =>
    operationProblems(operation, api).map((problem) => `${client}: ${operation.name}: ${problem}`),
  );
}

function operationProblems({ id, name, type, body }: ClientOperation, api: GraphQLSchema): readonly string[] {
  if (id !== createHash('sha256').update(body).digest('hex')) return ['its id is not the SHA-256 of its body, which the safelist goes by'];
  let document: DocumentNode;
  try {
    document = parse(body);
  } catch (error) {
    return [error instanceof GraphQLError ? error.message : String(error)];
  }
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operation === undefined || operations.length > 1 || operation.name?.value !== name || operation.operation !== type)
    return [`its body is not one ${type} of this name`];
  if (api.getRootType(operation.operation) == null) return [`the graph has no ${type}`];
  return documentFaults(api, document, { introspection: true }).map(({ message }) => message);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
