import {
  buildSchema,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  Kind,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Access, PolicyTable, type Rights } from '../src/access/policy-table.js';
import { publicContract } from '../src/access/public-contract.js';
import { PublicRights } from '../src/access/public-rights.js';
import { SameForAll } from '../src/access/same-for-all.js';
import { readGraph } from '../src/graph.js';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { Operations } from '../src/operations/operations.js';
import { TrustedDocuments } from '../src/operations/trusted-documents.js';

const graph = await readGraph();
const schema = buildSchema(await readFile(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));
const supergraph = parse(graph.supergraphSdl, { noLocation: true });
const policies = new PolicyTable(supergraph, schema);
type Composite = GraphQLObjectType;
const composites = (of: GraphQLSchema): readonly Composite[] =>
  Object.values(of.getTypeMap()).filter(
    (type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
  ) as GraphQLObjectType[]; // interfaces have fields as objects do

/** A way to a type: what stands before and after a selection of it. */
interface Way {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly open: string;
  readonly close: string;
}

/** Writes texts by which somebody may try to have a field of a schema. */
class Attempts {
  readonly #schema: GraphQLSchema;
  readonly #variables = new Map<string, string>();
  /** The shortest way to each type, denied fields among the steps. */
  readonly #ways = new Map<string, Way>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
    for (const kind of ['query', 'mutation', 'subscription'] as const) {
      const root = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[kind];
      if (root == null || this.#ways.has(root.name)) continue;
      this.#ways.set(root.name, { kind, open: '{ ', close: ' }' });
      for (let next: readonly Composite[] = [root]; next.length > 0;) next = next.flatMap((type) => this.#goOn(type));
    }
  }

  on(type: Composite, field: GraphQLField<unknown, unknown>): readonly string[] {
    const way = this.#ways.get(type.name);
    if (way === undefined) return [];
    const named = getNamedType(field.type);
    const leaf = isObjectType(named) || isAbstractType(named) ? ' { __typename }' : '';
    const own = `${this.#called(type, field)}${leaf}`;
    const above = Object.values(this.#schema.getTypeMap()).filter((other) => isAbstractType(other) && this.#schema.isSubType(other, type));
    return [
      this.#text(way, own),
      this.#text(way, `x: ${own}`),
      this.#text(way, `id: ${own}`),
      this.#text(way, `__typename ... { ${own} }`),
      this.#text(way, `... on ${type.name} { ${own} }`),
      this.#text(way, '...F', `fragment F on ${type.name} { ${own} }`),
      this.#text(way, '...G', `fragment G on ${type.name} { ...F } fragment F on ${type.name} { a: ${own} }`),
      this.#text(way, `${own.replace(leaf, '')} @include(if: true)${leaf}`),
      ...above.flatMap((other) => {
        const there = this.#ways.get(other.name);
        if (there === undefined) return [];
        const viaOther = isInterfaceType(other) && other.getFields()[field.name] !== undefined ? [this.#text(there, own)] : [];
        return [
          ...viaOther,
          this.#text(there, `... on ${type.name} { ${own} }`),
          this.#text(there, '...F', `fragment F on ${other.name} { ...G } fragment G on ${type.name} { id: ${own} }`),
        ];
      }),
    ];
  }

  /** Types that nobody has come to before, one step further. */
  #goOn(type: Composite): readonly Composite[] {
    const way = this.#ways.get(type.name);
    if (way === undefined) return [];
    const { kind, open, close } = way;
    const found: Composite[] = [];
    const reach = (name: string, to: Way): void => {
      if (this.#ways.has(name)) return;
      this.#ways.set(name, to);
      const reached = this.#schema.getType(name);
      if (isObjectType(reached) || isInterfaceType(reached)) found.push(reached as GraphQLObjectType);
      if (isAbstractType(reached))
        for (const one of this.#schema.getPossibleTypes(reached))
          reach(one.name, { kind, open: `${to.open} ... on ${one.name} { `, close: `} ${to.close}` });
    };
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (isObjectType(named) || isAbstractType(named))
        reach(named.name, { kind, open: `${open}${this.#called(type, field)} { `, close: `} ${close}` });
    }
    return found;
  }

  /** Required arguments are variables, so that the text is valid; nothing runs. */
  #called(type: Composite, field: GraphQLField<unknown, unknown>): string {
    const given = field.args.filter(isRequiredArgument).map((argument) => {
      const name = `${type.name}_${field.name}_${argument.name}`;
      this.#variables.set(name, argument.type.toString());
      return `${argument.name}: $${name}`;
    });
    return given.length === 0 ? field.name : `${field.name}(${given.join(', ')})`;
  }

  #text({ kind, open, close }: Way, selection: string, fragments = ''): string {
    const body = `${open}${selection}${close}`;
    const used = [...this.#variables].filter(([name]) => new RegExp(`\\$${name}\\b`, 'u').test(`${body}${fragments}`));
    const definitions = used.map(([name, type]) => `$${name}: ${type}`).join(', ');
    return `${kind} ${definitions === '' ? '' : `(${definitions})`} ${body} ${fragments}`;
  }
}

/** Who asks, which graph they see, and what is theirs. */
interface Asker {
  readonly who: string;
  readonly schema: GraphQLSchema;
  readonly rights: Rights;
  readonly access: Access;
  /** Somebody of whom the same is wanted and who may have all of it. */
  readonly mighty: Access;
  /** There are so many fields at least that they may not have. */
  readonly atLeast: number;
}
const contract = publicContract(supergraph, schema);
const ofApps = contract.schema ?? schema;
const forApps = new PublicRights(policies, contract);
const everyScope = [...new Set([...contract.scopes.values()].flat())];
const member = { scopes: ['full', 'plaza:operator'] };
const ASKERS: readonly Asker[] = [
  { who: 'a guest', schema, rights: policies, access: null, mighty: member, atLeast: 20 },
  { who: 'a member', schema, rights: policies, access: { scopes: ['full'] }, mighty: member, atLeast: 1 },
  {
    who: 'an app that was granted nothing',
    schema: ofApps,
    rights: forApps,
    access: { scopes: [] },
    mighty: { scopes: everyScope },
    atLeast: 5,
  },
  {
    who: 'an app in its own name',
    schema: ofApps,
    rights: forApps,
    access: { scopes: everyScope, isApp: true },
    mighty: { scopes: everyScope },
    atLeast: 1,
  },
];

function operationsOf({ schema: seen, rights }: Pick<Asker, 'schema' | 'rights'>): Operations {
  return new Operations({
    schema: seen,
    policies: rights,
    sameForAll: new SameForAll(supergraph, seen),
    // What may be reached is tried, not how much of it.
    limits: { ...DEFAULT_LIMITS.document, depth: 100, tokens: 10_000 },
    documents: TrustedDocuments.none,
    introspection: false,
  });
}

const deniedTo = ({ schema: seen, rights, access }: Asker) =>
  composites(seen).flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => (rights.denial(type.name, field.name, access) === null ? [] : [{ type, field }])),
  );

/** What of the planned document the asker may not have. */
function leaks(document: DocumentNode, { schema: seen, rights, access }: Asker): readonly string[] {
  const found: string[] = [];
  const info = new TypeInfo(seen);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        const parent = info.getParentType();
        if (parent != null && rights.denial(parent.name, name.value, access) !== null) found.push(`${parent.name}.${name.value}`);
      },
    }),
  );
  return found;
}

describe('the policy of the graph', () => {
  it('has a row for every field, which says who may have it', async () => {
    const table = await readFile(new URL('../../schema/access.txt', import.meta.url), 'utf8');
    const rows = table
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => /^(\S+) +(\S+)(?: +(apps.*))?$/u.exec(line)?.slice(1) ?? [line]);
    const accesses: Readonly<Record<string, Access>> = {
      everybody: null,
      members: { scopes: [] },
      operators: { scopes: ['plaza:operator'] },
    };
    const all = composites(schema).flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
    expect(rows.map(([coordinate = '']) => coordinate).toSorted()).toEqual(all.toSorted());
    for (const [coordinate = '', who = '', apps] of rows) {
      const [type = '', field = ''] = coordinate.split('.');
      const may = Object.entries(accesses).filter(([, access]) => policies.denial(type, field, access) === null);
      expect(may[0]?.[0], coordinate).toBe(who);
      const visible = contract.schema?.getType(type);
      const isPublic = (isObjectType(visible) || isInterfaceType(visible)) && field in visible.getFields();
      const scopes = contract.scopes.get(coordinate);
      expect(apps, coordinate).toBe(isPublic ? (scopes === undefined ? 'apps' : `apps with ${scopes.join(' ')}`) : undefined);
    }
  });

  describe.each(ASKERS)('for $who', (asker) => {
    const denied = deniedTo(asker);
    const operations = operationsOf(asker);
    const attempts = new Attempts(asker.schema);

    it('keeps every field that they may not have out of what is planned, whatever they write', () => {
      expect(denied.length).toBeGreaterThanOrEqual(asker.atLeast);
      const got: string[] = [];
      let tried = 0;
      for (const { type, field } of denied) {
        for (const attempt of attempts.on(type, field)) {
          const prepared = operations.prepare(attempt, undefined, asker.access);
          tried += 1;
          if (prepared.kind === 'refused') continue;
          const where = leaks(prepared.planned.document, asker);
          if (where.length > 0) got.push(`${where.join(' ')} by ${attempt}`);
        }
      }
      expect(got).toEqual([]);
      expect(tried).toBeGreaterThan(denied.length * 8 - 1);
    });

    it('gives all of them to somebody who may: what is tried above is refused by the policy and by nothing else', () => {
      const refused: string[] = [];
      for (const { type, field } of denied) {
        const [attempt] = attempts.on(type, field);
        if (attempt === undefined) continue;
        const prepared = operations.prepare(attempt, undefined, asker.mighty);
        const coordinate = `${type.name}.${field.name}`;
        if (prepared.kind === 'refused') refused.push(`${coordinate}: ${prepared.errors[0]?.message ?? ''}`);
        else if (!leaks(prepared.planned.document, asker).includes(coordinate)) refused.push(`${coordinate} is not planned`);
      }
      expect(refused).toEqual([]);
    });

    it('has no door to entities, and none to what subgraphs say of themselves', () => {
      const entities = composites(asker.schema).filter(({ name }) => keysOf(name).length > 0);
      expect(entities.length).toBeGreaterThan(2);
      const asked = entities.flatMap(({ name }) => [
        `{ _entities(representations: [{ __typename: "${name}", id: "x" }]) { ... on ${name} { __typename } } }`,
        `query ($of: [_Any!]!) { id: _entities(representations: $of) { __typename ... on ${name} { __typename } } }`,
        `{ ...F } fragment F on Query { _entities(representations: [{ __typename: "${name}" }]) { ... on ${name} { __typename } } }`,
      ]);
      for (const text of [...asked, '{ _service { sdl } }', '{ ... on Query { a: _service { sdl } } }'])
        expect(operations.prepare(text, undefined, asker.access).kind, text).toBe('refused');
    });
  });

  it('gives nobody a field that is made of what they may not have', () => {
    const made = joinFields().flatMap(({ type, field, requires }) => requires.map((needed) => ({ type, field, needed })));
    expect(made.length).toBeGreaterThan(5);
    for (const { type, field, needed } of made)
      for (const access of [null, { scopes: ['full'] }])
        if (policies.denial(type, needed, access) !== null)
          expect(policies.denial(type, field, access), `${type}.${field} is made of ${needed}`).not.toBeNull();
  });
});

/** How an entity is known, by its type. */
const keysOf = (name: string): readonly string[] =>
  directivesOf(name)
    .filter((directive) => directive.name.value === 'join__type')
    .flatMap((directive) => argumentOf(directive, 'key'));

const definitionsOf = () =>
  supergraph.definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION);

const directivesOf = (name: string): readonly ConstDirectiveNode[] =>
  definitionsOf().find((node) => node.name.value === name)?.directives ?? [];

const argumentOf = (directive: ConstDirectiveNode, name: string): readonly string[] =>
  (directive.arguments ?? []).flatMap((argument) =>
    argument.name.value === name && argument.value.kind === Kind.STRING ? [argument.value.value] : [],
  );

/** Fields with what their subgraphs are told of other fields, by @requires. */
const joinFields = () =>
  definitionsOf().flatMap((node) =>
    (node.fields ?? []).map((field) => ({
      type: node.name.value,
      field: field.name.value,
      requires: (field.directives ?? [])
        .flatMap((directive) => argumentOf(directive, 'requires'))
        .flatMap((selection) => selection.match(/\w+/gu) ?? []),
    })),
  );
