import { type DirectiveNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql';

/** A directive in a schema, its arguments as plain values. */
export interface AppliedDirective {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What a supergraph applies to types (`Post`) and to fields of objects and interfaces (`Post.text`). */
export function appliedDirectives(supergraph: DocumentNode): ReadonlyMap<string, readonly AppliedDirective[]> {
  const found = new Map<string, readonly AppliedDirective[]>();
  const note = (coordinate: string, directives: readonly DirectiveNode[] = []): void => {
    if (directives.length > 0) found.set(coordinate, [...(found.get(coordinate) ?? []), ...directives.map(applied)]);
  };
  for (const node of supergraph.definitions) {
    if (!('directives' in node) || !('name' in node) || node.name === undefined) continue;
    note(node.name.value, node.directives);
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of node.fields ?? []) note(`${node.name.value}.${field.name.value}`, field.directives);
  }
  return found;
}

const applied = ({ name, arguments: given = [] }: DirectiveNode): AppliedDirective => ({
  name: name.value,
  values: Object.fromEntries(given.map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)])),
});
