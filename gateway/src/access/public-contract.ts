import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  getNamedType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  Kind,
  parse,
  print,
  printSchema,
} from 'graphql';
import { appliedDirectives } from '../applied-directives.js';

/** What other people's apps may ask for: the part of the graph that the schema marks with `@tag(name: "public")`. */
export interface PublicContract {
  /** Null where nothing is marked: then there is nothing for apps. */
  readonly schema: GraphQLSchema | null;
  /** The schema as it is committed, sorted as `api` is. */
  readonly sdl: string;
  /** Places where the marks contradict each other, one line each: what is public must not lead to what is not. */
  readonly problems: readonly string[];
  /** By coordinate (`Viewer.email`): the scopes that an app's token needs for the field, all of them. What needs none is not in it. */
  readonly scopes: ReadonlyMap<string, readonly string[]>;
}

const MARK = 'public';
type Composite = GraphQLObjectType | GraphQLInterfaceType;

/**
 * Cuts the contract out of the graph. A field is public when it or its type carries `@tag(name: "public")`, or `@tag(name: "public/read/posts")`:
 * then a token needs the scope `read:posts` for it. Arguments, inputs, enums, scalars and unions come along with the fields that need them; all else
 * stays out, so that a new field is public only where somebody says so. `supergraph` has the marks, `api` what clients may select.
 */
export function publicContract(supergraph: DocumentNode, api: GraphQLSchema): PublicContract {
  const marks = marksOf(supergraph);
  const { kept, problems } = new Cut(marks, api).run();
  const scopes = new Map<string, readonly string[]>();
  for (const [name, fields] of kept) {
    for (const field of fields ?? []) {
      const wanted = [...new Set([...(marks.get(name) ?? []), ...(marks.get(`${name}.${field}`) ?? [])])].toSorted();
      if (wanted.length > 0) scopes.set(`${name}.${field}`, wanted);
    }
  }
  if (!kept.has('Query')) return { schema: null, sdl: '', problems, scopes };
  const definitions = parse(printSchema(api), { noLocation: true }).definitions.flatMap((node) => within(node, kept));
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
  return { schema: problems.length > 0 ? null : buildASTSchema(document), sdl: `${print(document).trim()}\n`, problems, scopes };
}

/** By coordinate: the scopes that its marks name, none for a plain one. Without an entry: not marked. */
type Marks = ReadonlyMap<string, readonly string[]>;

function marksOf(supergraph: DocumentNode): Marks {
  const marks = new Map<string, readonly string[]>();
  for (const [coordinate, directives] of appliedDirectives(supergraph)) {
    const names = directives.filter(({ name }) => name === 'tag').map(({ values }) => String(values['name']));
    const own = names.filter((name) => name === MARK || name.startsWith(`${MARK}/`));
    if (own.length > 0) marks.set(coordinate, own.filter((name) => name !== MARK).map(scopeOf));
  }
  return marks;
}

/** `public/read/posts` asks for `read:posts`. */
const scopeOf = (tag: string): string => tag.slice(MARK.length + 1).replaceAll('/', ':');

/** What is reached from the roots by marked fields; objects and interfaces with the fields that stay, other types with null. */
type Kept = ReadonlyMap<string, readonly string[] | null>;

class Cut {
  readonly #marks: Marks;
  readonly #api: GraphQLSchema;
  readonly #kept = new Map<string, readonly string[] | null>();
  readonly #problems: string[] = [];

  constructor(marks: Marks, api: GraphQLSchema) {
    this.#marks = marks;
    this.#api = api;
  }

  run(): { readonly kept: Kept; readonly problems: readonly string[] } {
    for (const root of [this.#api.getQueryType(), this.#api.getMutationType(), this.#api.getSubscriptionType()])
      if (root != null && this.#fieldsOf(root).length > 0) this.#reach(root.name, root.name);
    return { kept: this.#kept, problems: this.#problems };
  }

  #reach(name: string, from: string): void {
    const type = this.#api.getType(name);
    if (type === undefined) throw new Error(`The graph has no type ${name}.`);
    if (isObjectType(type) || isInterfaceType(type)) {
      // An answer may be of any type behind an interface: apps need a word for each of them.
      if (isInterfaceType(type)) for (const behind of this.#api.getPossibleTypes(type)) this.#reach(behind.name, from);
      this.#keep(type, from);
    } else if (!this.#kept.has(name)) {
      if (!isSpecifiedScalarType(type)) this.#kept.set(name, null);
      if (isUnionType(type)) for (const member of type.getTypes()) this.#reach(member.name, from);
      if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) this.#reach(getNamedType(field.type).name, from);
    }
  }

  #keep(type: Composite, from: string): void {
    if (this.#kept.has(type.name)) return;
    const fields = this.#fieldsOf(type);
    this.#kept.set(type.name, fields);
    if (fields.length === 0) this.#problems.push(`${from} is public and leads to ${type.name}, of which nothing is`);
    for (const name of fields) {
      const field = type.getFields()[name];
      if (field === undefined) continue;
      for (const argument of field.args) this.#reach(getNamedType(argument.type).name, `${type.name}.${name}`);
      this.#reach(getNamedType(field.type).name, `${type.name}.${name}`);
    }
    for (const face of type.getInterfaces()) {
      const faceFields = this.#fieldsOf(face);
      if (faceFields.length === 0) continue;
      this.#keep(face, type.name);
      for (const name of faceFields.filter((field) => !fields.includes(field)))
        this.#problems.push(`${type.name}.${name} is not public, ${face.name}.${name} is`);
    }
  }

  #fieldsOf(type: Composite): readonly string[] {
    const names = Object.keys(type.getFields());
    return this.#marks.has(type.name) ? names : names.filter((name) => this.#marks.has(`${type.name}.${name}`));
  }
}

/** What is left of a definition: nothing, or it with the fields and interfaces that stay. */
function within(node: DefinitionNode, kept: Kept): readonly DefinitionNode[] {
  if (!('name' in node) || node.name === undefined || node.kind === Kind.DIRECTIVE_DEFINITION) return [];
  const fields = kept.get(node.name.value);
  if (fields === undefined) return [];
  if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return [node];
  const stays = (field: string): boolean => fields?.includes(field) === true;
  return [
    {
      ...node,
      fields: node.fields?.filter(({ name }) => stays(name.value)) ?? [],
      interfaces: node.interfaces?.filter(({ name }) => kept.has(name.value)) ?? [],
    },
  ];
}
