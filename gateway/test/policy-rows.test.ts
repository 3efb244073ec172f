import {
  buildSchema,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PolicyTable } from '../src/access/policy-table.js';
import { SameForAll } from '../src/access/same-for-all.js';
import { readGraph } from '../src/graph.js';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { Operations } from '../src/operations/operations.js';
import { TrustedDocuments } from '../src/operations/trusted-documents.js';

const graph = await readGraph();
const schema = buildSchema(await readFile(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));
const supergraph = parse(graph.supergraphSdl, { noLocation: true });
const policies = new PolicyTable(supergraph, schema);
const operations = new Operations({
  schema,
  policies,
  sameForAll: new SameForAll(supergraph, schema),
  // What may be reached is tried, not how much of it.
  limits: { ...DEFAULT_LIMITS.document, depth: 100, tokens: 10_000 },
  documents: TrustedDocuments.none,
  introspection: false,
});

type Composite = ReturnType<typeof composites>[number];
function composites() {
  return Object.values(schema.getTypeMap()).filter(
    (type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
  ) as GraphQLObjectType[]; // interfaces have fields as objects do
}

/** What a guest may not have: `Viewer`, `email`. */
const denied = composites().flatMap((type) =>
  Object.values(type.getFields()).flatMap((field) => (policies.denial(type.name, field.name, null) === null ? [] : [{ type, field }])),
);

/** A way to a type: what stands before and after a selection of it. */
interface Way {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly open: string;
  readonly close: string;
}

const variables = new Map<string, string>();
/** Required arguments are variables, so that the text is valid; nothing runs. */
function called(type: Composite, field: GraphQLField<unknown, unknown>): string {
  const given = field.args.filter(isRequiredArgument).map((argument) => {
    const name = `${type.name}_${field.name}_${argument.name}`;
    variables.set(name, argument.type.toString());
    return `${argument.name}: $${name}`;
  });
  return given.length === 0 ? field.name : `${field.name}(${given.join(', ')})`;
}

/** The shortest way to each type, denied fields among the steps. */
const ways = new Map<string, Way>();
for (const kind of ['query', 'mutation', 'subscription'] as const) {
  const root = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[kind];
  if (root == null || ways.has(root.name)) continue;
  ways.set(root.name, { kind, open: '{ ', close: ' }' });
  for (let next: Composite[] = [root]; next.length > 0;) {
    const found: Composite[] = [];
    const reach = (name: string, way: Way): void => {
      if (ways.has(name)) return;
      ways.set(name, way);
      const type = schema.getType(name);
      if (isObjectType(type) || isInterfaceType(type)) found.push(type as GraphQLObjectType);
      if (isAbstractType(type))
        for (const one of schema.getPossibleTypes(type))
          reach(one.name, { kind, open: `${way.open} ... on ${one.name} { `, close: `} ${way.close}` });
    };
    for (const type of next) {
      const way = ways.get(type.name);
      if (way === undefined) continue;
      for (const field of Object.values(type.getFields())) {
        const named = getNamedType(field.type);
        if (isObjectType(named) || isAbstractType(named))
          reach(named.name, { kind, open: `${way.open}${called(type, field)} { `, close: `} ${way.close}` });
      }
    }
    next = found;
  }
}

function text({ kind, open, close }: Way, selection: string, fragments = ''): string {
  const body = `${open}${selection}${close}`;
  const used = [...variables].filter(([name]) => new RegExp(`\\$${name}\\b`, 'u').test(`${body}${fragments}`));
  const definitions = used.map(([name, type]) => `$${name}: ${type}`).join(', ');
  return `${kind} ${definitions === '' ? '' : `(${definitions})`} ${body} ${fragments}`;
}

/** All texts by which somebody may try to have a field. */
function attempts(type: Composite, field: GraphQLField<unknown, unknown>): readonly string[] {
  const way = ways.get(type.name);
  if (way === undefined) return [];
  const named = getNamedType(field.type);
  const leaf = isObjectType(named) || isAbstractType(named) ? ' { __typename }' : '';
  const own = `${called(type, field)}${leaf}`;
  const above = [
    ...type.getInterfaces(),
    ...Object.values(schema.getTypeMap()).filter((other) => isAbstractType(other) && isObjectType(type) && schema.isSubType(other, type)),
  ];
  return [
    text(way, own),
    text(way, `x: ${own}`),
    text(way, `id: ${own}`),
    text(way, `__typename ... { ${own} }`),
    text(way, `... on ${type.name} { ${own} }`),
    text(way, '...F', `fragment F on ${type.name} { ${own} }`),
    text(way, '...G', `fragment G on ${type.name} { ...F } fragment F on ${type.name} { a: ${own} }`),
    text(way, `${own.replace(leaf, '')} @include(if: true)${leaf}`),
    ...above.flatMap((other) => {
      const there = ways.get(other.name);
      if (there === undefined) return [];
      const viaOther = isInterfaceType(other) && other.getFields()[field.name] !== undefined ? [text(there, own)] : [];
      return [...viaOther, text(there, `... on ${type.name} { ${own} }`)];
    }),
  ];
}

/** What of the planned document a guest may not have. */
function leaks(document: ReturnType<typeof parse>): readonly string[] {
  const found: string[] = [];
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        const parent = info.getParentType();
        if (parent != null && policies.denial(parent.name, name.value, null) !== null) found.push(`${parent.name}.${name.value}`);
      },
    }),
  );
  return found;
}

describe('the policy of the graph', () => {
  it('has a row for every field: for everybody, or for whom', () => {
    const rows = composites().flatMap((type) =>
      Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, policies.denial(type.name, field.name, null)] as const),
    );
    expect(rows.length).toBeGreaterThan(300);
    for (const [coordinate, denial] of rows) expect([null, 'UNAUTHENTICATED', 'INSUFFICIENT_SCOPE'], coordinate).toContain(denial);
    expect(denied.length).toBeGreaterThan(20);
  });

  it('keeps every field that a guest may not have out of what is planned, whatever the guest writes', () => {
    const got: string[] = [];
    let tried = 0;
    for (const { type, field } of denied) {
      for (const attempt of attempts(type, field)) {
        const prepared = operations.prepare(attempt, undefined, null);
        tried += 1;
        if (prepared.kind === 'refused') continue;
        const where = leaks(prepared.planned.document);
        if (where.length > 0) got.push(`${where.join(' ')} by ${attempt}`);
      }
    }
    expect(got).toEqual([]);
    expect(tried).toBeGreaterThan(denied.length * 8 - 1);
  });

  it('gives all of them to somebody who may: what is tried above is refused by the policy and by nothing else', () => {
    const refused: string[] = [];
    for (const { type, field } of denied) {
      const [attempt] = attempts(type, field);
      if (attempt === undefined) continue;
      const prepared = operations.prepare(attempt, undefined, { scopes: ['full', 'plaza:operator'] });
      const coordinate = `${type.name}.${field.name}`;
      if (prepared.kind === 'refused') refused.push(`${coordinate}: ${prepared.errors[0]?.message ?? ''}`);
      else if (!leaks(prepared.planned.document).includes(coordinate)) refused.push(`${coordinate} is not planned`);
    }
    expect(refused).toEqual([]);
  });
});
