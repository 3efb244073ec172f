import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  Kind,
  type NamedTypeNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type TypeNode,
} from 'graphql';
import type { SubgraphSdl } from './sdl.js';

/** What no composer checks and the graph stands on. A rule reads all subgraphs and answers with one line for each place that breaks it. */
export type GraphRule = (subgraphs: readonly SubgraphSdl[]) => readonly string[];

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

/** One field of an object type, with where it stands. */
interface PlacedField {
  readonly subgraph: string;
  readonly type: string;
  readonly field: FieldDefinitionNode;
  /** `Post.likeCount (social)` */
  readonly place: string;
}

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);
/** The gateway makes these names itself; a field of that name could be taken for one of its aliases. */
export const RESERVED_ALIAS_PREFIX = 'A_';
/** Names say it all, and each stands beside the mutation or the list that it serves. */
const BOILERPLATE = /(Connection|Edge|Ok|Input|Result)$/;

/** A type in several subgraphs is described by one of them, its owner: the others add fields. */
export const everySharedTypeHasOneOwner: GraphRule = (subgraphs) =>
  [...homes(subgraphs)]
    .filter(([, { names, described }]) => names.size > 1 && described.size !== 1)
    .map(
      ([type, { described }]) =>
        `${type} is described by ${described.size === 0 ? 'nobody' : [...described].join(' and ')}: its owner alone describes it`,
    );

/** A dead contributor may cost its own fields, never the entity. */
export const contributedFieldsAreNullable: GraphRule = (subgraphs) =>
  contributed(subgraphs)
    .filter(({ field }) => field.type.kind === Kind.NON_NULL_TYPE)
    .map(({ place }) => `${place} is added to another subgraph's type and must be nullable`);

/** Whoever adds to content that has an audience asks its owner first: no field without the owner's proof. */
export const contributedFieldsAskForTheGate: GraphRule = (subgraphs) => {
  const gated = new Set(
    fields(subgraphs)
      .filter(({ field }) => field.name.value === 'gate' && !has(field, 'external'))
      .map(({ type }) => type),
  );
  return contributed(subgraphs)
    .filter(({ type, field }) => gated.has(type) && !words(argument(field, 'requires', 'fields')).includes('gate'))
    .map(({ place, type }) => `${place} needs @requires(fields: "gate"): ${type} has an audience`);
};

/** The gateway's cost limit knows a list's size only by this. */
export const pagedFieldsSayTheirSize: GraphRule = (subgraphs) =>
  fields(subgraphs)
    .filter(
      ({ field }) =>
        nameOf(field.type).endsWith('Connection') || field.arguments?.some(({ name }) => name.value === 'first' || name.value === 'last'),
    )
    .filter(({ field }) => !has(field, 'listSize'))
    .map(({ place }) => `${place} is paged and needs @listSize`);

/** A list without pages is short for a reason, and the reason is written down. */
export const bareListsSayTheirBound: GraphRule = (subgraphs) =>
  fields(subgraphs)
    .filter(({ type, field }) => isList(field.type) && !type.endsWith('Connection') && !/\bat most\b/i.test(field.description?.value ?? ''))
    .map(({ place }) => `${place} is a bare list: its description says "at most" how many`);

/** `publishPost(input: PublishPostInput!): PublishPostResult`; what takes nothing takes no input either. */
export const mutationsTakeOneInput: GraphRule = (subgraphs) =>
  fields(subgraphs)
    .filter(({ type }) => type === 'Mutation')
    .filter(({ field }) => {
      const [input, ...others] = field.arguments ?? [];
      if (input === undefined) return false;
      const named = input.type.kind === Kind.NON_NULL_TYPE && nameOf(input.type) === `${pascal(field.name.value)}Input`;
      return others.length > 0 || input.name.value !== 'input' || !named;
    })
    .map(({ place, field }) => `${place} takes exactly (input: ${pascal(field.name.value)}Input!)`);

/** A client tells success from failure by type, and reads `code` and `message` of any failure, also of one that came later. */
export const mutationsAnswerWithAUnion: GraphRule = (subgraphs) => {
  const unions = new Map<string, readonly NamedTypeNode[]>();
  const failures = new Set<string>();
  for (const definition of subgraphs.flatMap(({ whole }) => whole.definitions)) {
    if (definition.kind === Kind.UNION_TYPE_DEFINITION) unions.set(definition.name.value, definition.types ?? []);
    if (isObject(definition) && definition.interfaces?.some(({ name }) => name.value === 'UserError')) failures.add(definition.name.value);
  }
  return fields(subgraphs)
    .filter(({ type }) => type === 'Mutation')
    .flatMap(({ place, field }) => {
      const name = pascal(field.name.value);
      const result = nameOf(field.type);
      if (field.type.kind !== Kind.NAMED_TYPE || result !== `${name}Result`) return [`${place} returns the nullable union ${name}Result`];
      const members = (unions.get(result) ?? []).map((member) => member.name.value);
      if (members[0] !== `${name}Ok`) return [`${result} begins with ${name}Ok`];
      return members.slice(1).flatMap((member) => (failures.has(member) ? [] : [`${member} of ${result} must implement UserError`]));
    });
};

export const noNameTakesTheAliasPrefix: GraphRule = (subgraphs) =>
  fields(subgraphs)
    .filter(({ field }) => field.name.value.startsWith(RESERVED_ALIAS_PREFIX))
    .map(({ place }) => `${place} begins with ${RESERVED_ALIAS_PREFIX}, which the gateway keeps for itself`);

/** The schema is the manual: what a root field does and what a type is stands there. */
export const rootFieldsAndTypesAreDescribed: GraphRule = (subgraphs) => {
  const shared = homes(subgraphs);
  const types = subgraphs.flatMap(({ name, own }) =>
    own.definitions.flatMap((definition) => {
      if (!isNamedDefinition(definition) || definition.description !== undefined || BOILERPLATE.test(definition.name.value)) return [];
      if ((shared.get(definition.name.value)?.names.size ?? 0) > 1) return [];
      return [`${definition.name.value} (${name}) has no description`];
    }),
  );
  const roots = fields(subgraphs)
    .filter(({ type, field }) => ROOTS.has(type) && field.description === undefined)
    .map(({ place }) => `${place} has no description`);
  return [...types, ...roots];
};

/** All rules of the graph, in the order in which they are reported. */
export const graphRules: readonly GraphRule[] = [
  everySharedTypeHasOneOwner,
  contributedFieldsAreNullable,
  contributedFieldsAskForTheGate,
  pagedFieldsSayTheirSize,
  bareListsSayTheirBound,
  mutationsTakeOneInput,
  mutationsAnswerWithAUnion,
  noNameTakesTheAliasPrefix,
  rootFieldsAndTypesAreDescribed,
];

interface Homes {
  readonly names: Set<string>;
  readonly described: Set<string>;
}

/** Where each object type stands and who describes it. The root types belong to nobody. */
function homes(subgraphs: readonly SubgraphSdl[]): ReadonlyMap<string, Homes> {
  const found = new Map<string, Homes>();
  for (const { name, own } of subgraphs)
    for (const definition of own.definitions.filter(isObject).filter((object) => !ROOTS.has(object.name.value))) {
      const home = found.get(definition.name.value) ?? { names: new Set(), described: new Set() };
      found.set(definition.name.value, home);
      home.names.add(name);
      if (definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.description !== undefined) home.described.add(name);
    }
  return found;
}

/** Fields that a subgraph adds to a type of another's: all but the keys, what it merely reads, and what both may answer. */
function contributed(subgraphs: readonly SubgraphSdl[]): readonly PlacedField[] {
  const home = homes(subgraphs);
  const keys = new Map<string, Set<string>>();
  for (const definition of subgraphs.flatMap(({ own }) => own.definitions).filter(isObject))
    for (const key of (definition.directives ?? []).filter((directive) => directive.name.value === 'key'))
      keys.set(definition.name.value, new Set([...(keys.get(definition.name.value) ?? []), ...words(valueOf(key, 'fields'))]));
  return fields(subgraphs).filter(({ subgraph, type, field }) => {
    const { names, described } = home.get(type) ?? { names: new Set(), described: new Set() };
    if (names.size < 2 || described.has(subgraph)) return false;
    return !keys.get(type)?.has(field.name.value) && !has(field, 'external') && !has(field, 'shareable');
  });
}

function fields(subgraphs: readonly SubgraphSdl[]): readonly PlacedField[] {
  return subgraphs.flatMap(({ name: subgraph, own }) =>
    own.definitions.filter(isObject).flatMap((object) =>
      (object.fields ?? []).map((field) => {
        const type = object.name.value;
        return { subgraph, type, field, place: `${type}.${field.name.value} (${subgraph})` };
      }),
    ),
  );
}

function isObject(node: DefinitionNode): node is ObjectNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;
}

function isNamedDefinition(node: DefinitionNode) {
  return (
    node.kind === Kind.OBJECT_TYPE_DEFINITION ||
    node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    node.kind === Kind.UNION_TYPE_DEFINITION ||
    node.kind === Kind.ENUM_TYPE_DEFINITION ||
    node.kind === Kind.SCALAR_TYPE_DEFINITION ||
    node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
  );
}

function has(field: FieldDefinitionNode, directive: string): boolean {
  return field.directives?.some(({ name }) => name.value === directive) ?? false;
}

function argument(field: FieldDefinitionNode, directive: string, name: string): string {
  const node = field.directives?.find((candidate) => candidate.name.value === directive);
  return node === undefined ? '' : valueOf(node, name);
}

function valueOf(directive: ConstDirectiveNode, name: string): string {
  const value = directive.arguments?.find((candidate) => candidate.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : '';
}

function words(text: string): readonly string[] {
  return text.split(/\W+/).filter((word) => word !== '');
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

function isList(type: TypeNode): boolean {
  return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type));
}

function pascal(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
