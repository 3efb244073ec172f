import { Supergraph } from '@apollo/federation-internals';
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import type { Fetch, SubgraphResult } from '../src/subgraphs.js';
import { hash } from './random.js';

/** How often something goes wrong, of a thousand. */
export interface Mishaps {
  readonly nulls: number;
  readonly errors: number;
  /** Entities that a subgraph does not know. */
  readonly hidden: number;
  /** Subgraphs that do not answer at all. */
  readonly away: readonly string[];
  /** Every list is so long (up to 3). */
  readonly length?: number;
}

/** An object of the world. */
interface Thing {
  readonly typename: string;
  readonly identity: string;
  /** What the gateway told of it. */
  readonly told?: Readonly<Record<string, unknown>>;
}

interface Needed {
  readonly subgraph: string;
  readonly set: SelectionSetNode;
}

const isThing = (value: unknown): value is Thing => typeof value === 'object' && value !== null && 'identity' in value;
const TEXTS = ['plain', 'with "quotes"', 'line\nbreak', 'back\\slash', 'ünïcödé', '\u2028', ''];

/**
 * A whole world of data that nobody wrote: each value is computed from the object, the field and the arguments, so that every subgraph says
 * the same of the same thing, and the graph as one piece does as well.
 */
export class World {
  readonly whole: GraphQLSchema;
  readonly api: GraphQLSchema;
  readonly #seed: string;
  readonly #mishaps: Mishaps;
  readonly #subgraphs = new Map<string, GraphQLSchema>();
  readonly #keys = new Map<string, ReadonlySet<string>>();
  readonly #needs = new Map<string, Needed[]>();
  readonly #parsed = new Map<string, DocumentNode>();

  constructor(supergraphSdl: string, seed: string, mishaps: Mishaps) {
    const supergraph = Supergraph.build(supergraphSdl, { supportedFeatures: null, validateSupergraph: false });
    this.whole = supergraph.schema.toGraphQLJSSchema();
    this.api = supergraph.apiSchema().toGraphQLJSSchema();
    this.#seed = seed;
    this.#mishaps = mishaps;
    const names = new Map<string, string>();
    for (const subgraph of supergraph.subgraphs()) this.#subgraphs.set(subgraph.name, subgraph.schema.toGraphQLJSSchema());
    for (const [name, value] of supergraph.subgraphNameToGraphEnumValue()) names.set(value, name);
    for (const node of parse(supergraphSdl).definitions) {
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) this.#read(node, names);
    }
  }

  /** The subgraphs, as an engine reaches them. */
  fetch: Fetch = async (subgraph, { query, variables, operationName }): Promise<SubgraphResult> => {
    const schema = this.#subgraphs.get(subgraph);
    if (schema === undefined) throw new Error(`no subgraph ${subgraph}`);
    if (this.#mishaps.away.includes(subgraph)) return { data: null, errors: [{ message: `${subgraph} is away` }] };
    let document = this.#parsed.get(query);
    if (document === undefined) this.#parsed.set(query, (document = parse(query)));
    const result: ExecutionResult = await execute({
      schema,
      document,
      operationName: operationName ?? null,
      variableValues: variables,
      rootValue: { typename: 'Query', identity: 'root' } satisfies Thing,
      fieldResolver: this.#fieldOf(subgraph),
      typeResolver: this.#typeOf,
    });
    return JSON.parse(JSON.stringify(result)) as SubgraphResult; // as it comes over a wire
  };

  /** The same graph as one piece: what is right. */
  async monolith(document: DocumentNode, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult> {
    const result = await execute({
      schema: this.api,
      document,
      variableValues: variables,
      rootValue: { typename: 'Query', identity: 'root' } satisfies Thing,
      fieldResolver: this.#fieldOf(undefined),
      typeResolver: this.#typeOf,
    });
    return JSON.parse(JSON.stringify(result)) as ExecutionResult;
  }

  #fieldOf(subgraph: string | undefined): GraphQLFieldResolver<Thing, unknown> {
    return (source, args, _context, info) => {
      const schema = info.schema;
      if (info.fieldName === '_entities')
        return (args['representations'] as readonly Record<string, unknown>[]).map((told) => this.#entity(told, subgraph ?? ''));
      return this.#value(source, info.fieldName, args, info.returnType, schema, subgraph);
    };
  }

  readonly #typeOf: GraphQLTypeResolver<unknown, unknown> = (value, _context, info) => {
    if (!isThing(value)) return undefined;
    const known = info.schema.getType(value.typename);
    if (isObjectType(known)) return value.typename;
    // A subgraph that knows an interface as an object.
    return info.schema.getTypeMap()[String(value.told?.['__typename'])]?.name;
  };

  #entity(told: Readonly<Record<string, unknown>>, subgraph: string): Thing | null {
    const name = String(told['__typename']);
    const identity = identityIn(told);
    if (identity === undefined) return null;
    if (this.#roll(`${subgraph} ${identity} hidden`, this.#mishaps.hidden)) return null;
    const [typename = name] = identity.split(':');
    return { typename, identity, told };
  }

  #value(
    source: Thing,
    field: string,
    args: object,
    type: GraphQLOutputType,
    schema: GraphQLSchema,
    subgraph: string | undefined,
  ): unknown {
    const needed = this.#neededBy(source, field, subgraph);
    const at = [this.#seed, source.typename, source.identity, field, stable(args), needed].join('|');
    const isKey = this.#keys.get(source.typename)?.has(field) === true;
    if (!isKey && this.#roll(`${at} error`, this.#mishaps.errors)) throw new Error(`no ${field} of ${source.identity}`);
    return this.#make(type, at, schema, isKey ? { identity: source.identity, field } : undefined);
  }

  #make(type: GraphQLOutputType, at: string, schema: GraphQLSchema, key?: { readonly identity: string; readonly field: string }): unknown {
    if (isNonNullType(type)) return this.#some(type.ofType, at, schema, key);
    if (key === undefined && this.#roll(`${at} null`, this.#mishaps.nulls)) return null;
    return this.#some(type, at, schema, key);
  }

  #some(type: GraphQLOutputType, at: string, schema: GraphQLSchema, key?: { readonly identity: string; readonly field: string }): unknown {
    const number = hash(at);
    if (isListType(type))
      return Array.from({ length: this.#mishaps.length ?? number % 4 }, (_, index) => this.#make(type.ofType, `${at}.${index}`, schema));
    if (isEnumType(type)) {
      const values = type
        .getValues()
        .map(({ name }) => name)
        .toSorted();
      return values[number % values.length];
    }
    if (isScalarType(type)) {
      if (key !== undefined) return type.name === 'Int' ? Number(key.identity.split(':')[1]) : `${key.identity}#${key.field}`;
      switch (type.name) {
        case 'Int':
          return number % 1000;
        case 'Float':
          return (number % 1000) / 4;
        case 'Boolean':
          return number % 2 === 0;
        case 'ID':
          return `id${number % 100}`;
        default:
          return number % 3 === 0 ? TEXTS[number % TEXTS.length] : `s${number % 1000}`;
      }
    }
    return this.#thing(type.toString(), at, number, schema, key);
  }

  #thing(name: string, at: string, number: number, schema: GraphQLSchema, key?: { readonly identity: string }): Thing | null {
    const whole = this.whole.getType(name);
    const possible = isAbstractType(whole)
      ? this.whole
          .getPossibleTypes(whole)
          .map((type) => type.name)
          .toSorted()
      : [name];
    const typename = possible[number % possible.length] ?? name;
    const here = schema.getType(name);
    if (isAbstractType(here) && !schema.getPossibleTypes(here).some((type) => type.name === typename)) return null;
    if (key !== undefined) return { typename, identity: key.identity };
    if (typename === 'Query') return { typename, identity: 'root' };
    const isEntity = this.#keys.has(typename);
    return {
      typename,
      identity: isEntity ? `${typename}:${number % (this.#mishaps.length === undefined ? 7 : 1000)}` : String(hash(`${at} identity`)),
    };
  }

  /** What the value depends on, as the subgraph was told, or as it is. */
  #neededBy(source: Thing, field: string, subgraph: string | undefined): string {
    const needs = this.#needs.get(`${source.typename}.${field}`);
    if (needs === undefined) return '';
    const mine = needs.find((need) => need.subgraph === subgraph) ?? (subgraph === undefined ? needs[0] : undefined);
    if (mine === undefined) return '';
    return JSON.stringify(subgraph === undefined ? this.#asItIs(source, mine.set) : asTold(source.told ?? {}, mine.set));
  }

  #asItIs(source: Thing, set: SelectionSetNode): Record<string, unknown> | null {
    const made: Record<string, unknown> = {};
    for (const node of set.selections) {
      if (node.kind === Kind.FRAGMENT_SPREAD) continue;
      if (node.kind === Kind.INLINE_FRAGMENT) {
        if (this.#isA(source.typename, node.typeCondition?.name.value)) Object.assign(made, this.#asItIs(source, node.selectionSet));
        continue;
      }
      const name = node.name.value;
      if (name === '__typename') made[name] = source.typename;
      else {
        const type = this.whole.getType(source.typename);
        const field = isObjectType(type) ? type.getFields()[name] : undefined;
        if (field === undefined) continue;
        const args = Object.fromEntries((node.arguments ?? []).map((one) => [one.name.value, valueFromASTUntyped(one.value)]));
        let value: unknown = null;
        try {
          value = this.#value(source, name, args, field.type, this.whole, undefined);
        } catch {
          // null, as for the subgraph
        }
        made[name] = this.#below(value, node.selectionSet);
      }
    }
    return made;
  }

  #below(value: unknown, set: SelectionSetNode | undefined): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#below(one, set));
    return isThing(value) && set !== undefined ? this.#asItIs(value, set) : value;
  }

  #isA(typename: string, condition: string | undefined): boolean {
    const [inner, outer] = [this.whole.getType(typename), condition === undefined ? undefined : this.whole.getType(condition)];
    return (
      condition === undefined ||
      typename === condition ||
      (isAbstractType(outer) && isObjectType(inner) && this.whole.isSubType(outer, inner))
    );
  }

  #roll(at: string, ofThousand: number): boolean {
    return ofThousand > 0 && hash(`${this.#seed} ${at}`) % 1000 < ofThousand;
  }

  #read(node: Pick<ObjectTypeDefinitionNode, 'name' | 'directives' | 'fields'>, names: ReadonlyMap<string, string>): void {
    const keys = (node.directives ?? []).flatMap((directive) => given(directive.arguments, 'key') ?? []);
    if (keys.length > 0) this.#keys.set(node.name.value, new Set(keys.join(' ').match(/\w+/gu)));
    for (const field of node.fields ?? []) {
      for (const directive of field.directives ?? []) {
        const requires = given(directive.arguments, 'requires');
        const [operation] = requires === undefined ? [] : parse(`{${requires}}`).definitions;
        if (operation?.kind !== Kind.OPERATION_DEFINITION) continue;
        const at = `${node.name.value}.${field.name.value}`;
        const graph = given(directive.arguments, 'graph') ?? '';
        this.#needs.set(at, [...(this.#needs.get(at) ?? []), { subgraph: names.get(graph) ?? graph, set: operation.selectionSet }]);
      }
    }
  }
}

function asTold(told: Readonly<Record<string, unknown>>, set: SelectionSetNode): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const node of set.selections) {
    if (node.kind === Kind.FRAGMENT_SPREAD) continue;
    if (node.kind === Kind.INLINE_FRAGMENT) Object.assign(made, asTold(told, node.selectionSet));
    else if (Object.hasOwn(told, node.name.value)) made[node.name.value] = toldBelow(told[node.name.value], node.selectionSet);
  }
  return made;
}

function toldBelow(value: unknown, set: SelectionSetNode | undefined): unknown {
  if (Array.isArray(value)) return value.map((one) => toldBelow(one, set));
  return typeof value === 'object' && value !== null && set !== undefined ? asTold(value as Record<string, unknown>, set) : value; // no array, no null
}

function identityIn(value: unknown): string | undefined {
  if (typeof value === 'string') return /^(\w+:\d+)#/u.exec(value)?.[1];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const one of Object.values(value)) {
    const found = identityIn(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function given(args: readonly { name: { value: string }; value: { kind: string } }[] | undefined, name: string): string | undefined {
  const value = args?.find((one) => one.name.value === name)?.value;
  return value !== undefined && 'value' in value && typeof value.value === 'string' ? value.value : undefined;
}

const stable = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
