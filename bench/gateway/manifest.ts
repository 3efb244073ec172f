import { readFile } from 'node:fs/promises';
import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  typeFromAST,
} from 'graphql';

/** A query of Plaza's own clients with variables that it takes. */
export interface Operation {
  readonly name: string;
  readonly text: string;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export async function manifestQueries(schema: GraphQLSchema): Promise<readonly Operation[]> {
  const manifest = await readFile(new URL('../../schema/operations/manifest.json', import.meta.url), 'utf8');
  const { operations: all } = JSON.parse(manifest) as { operations: readonly { name: string; type: string; body: string }[] }; // composed by this repository
  return all
    .filter(({ type }) => type === 'query')
    .map(({ name, body }) => {
      const document = parse(body, { noLocation: true });
      return { name, text: body, document, variables: variablesOf(document, schema) };
    });
}

function variablesOf(document: DocumentNode, schema: GraphQLSchema): Readonly<Record<string, unknown>> {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return Object.fromEntries(
    (operation?.variableDefinitions ?? []).flatMap(({ variable, type }) => {
      const known = typeFromAST(schema, type);
      return isInputType(known) && isNonNullType(known) ? [[variable.name.value, sample(known)]] : [];
    }),
  );
}

function sample(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return sample(type.ofType);
  if (isListType(type)) return [sample(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    return Object.fromEntries(
      Object.values(type.getFields()).flatMap((field) => (isNonNullType(field.type) ? [[field.name, sample(field.type)]] : [])),
    );
  }
  if (type.name === 'Int') return 3;
  if (type.name === 'Boolean') return true;
  return type.name === 'Float' ? 0.5 : 'sample';
}
