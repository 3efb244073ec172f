import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Manifest {
  readonly operations: readonly { readonly id: string; readonly name: string; readonly type: string; readonly body: string }[];
}

const file = fileURLToPath(new URL('../../schema/operations/manifest.json', import.meta.url));
const { operations } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
const byName = new Map(operations.map((operation) => [operation.name, operation]));

/** A document of the manifest, as mobile clients have it. @throws for a name that is not there */
export function trusted(name: string): { readonly id: string; readonly body: string } {
  const operation = byName.get(name);
  if (operation === undefined) throw new Error(`the manifest has no operation ${name}`);
  return operation;
}
