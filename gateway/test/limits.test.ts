import { readFile } from 'node:fs/promises';
import { buildASTSchema, getIntrospectionQuery, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { PolicyTable } from '../src/access/policy-table.js';
import { readConfig, readProcessConfig } from '../src/config.js';
import { readGraph } from '../src/graph.js';
import { CostTable } from '../src/limits/cost.js';
import { documentBreach } from '../src/limits/document-limits.js';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { networkOf } from '../src/limits/rate-limit.js';
import { variablesBreach } from '../src/limits/variable-limits.js';

const limits = { depth: 3, aliases: 2, directives: 2, rootFields: 3, tokens: 100, fields: 6, repeats: 2, conditions: 1 };

describe('the size of a document', () => {
  it.each([
    ['levels', '{ a { b { c } } }', '{ a { b { c { d } } } }'],
    ['levels', '{ a { ...F } } fragment F on T { b { c } }', '{ a { ...F } } fragment F on T { b { ...G } } fragment G on T { c { d } }'],
    ['aliases', '{ x: a y: b }', '{ x: a y: b z: c }'],
    ['directives', '{ a @x b @y }', '{ a @x b @y ...F } fragment F on T @z { c }'],
    ['fields at its top', '{ a b c }', '{ a b ...F } fragment F on T { c d }'],
    ['fields at its top', '{ a ... { b c } }', '{ a ... { b ... { c d } } }'],
    ['fields', '{ a { b c d e f } }', '{ a { ...F ...G } } fragment F on T { b c ...G } fragment G on T { d e }'],
    ['repeats of one field', '{ x { a a } }', '{ x { a a a } }'],
    ['repeats of one field', '{ x { ...F ...F } } fragment F on T { a }', '{ x { ...F ...F ...F } } fragment F on T { a }'],
    ['conditions', '{ a @skip(if: $v) b @include(if: $v) }', '{ a @skip(if: $v) b @include(if: $w) }'],
  ])('in %s is bounded', (what, most, more) => {
    expect(documentBreach(parse(most), limits)).toBeNull();
    expect(documentBreach(parse(more), limits)).toMatchObject({ code: 'COST_EXCEEDED', message: expect.stringContaining(` ${what}.`) });
  });

  it.each(['{ ...F } fragment F on T { ...F }', '{ ...F } fragment F on T { a { ...G } } fragment G on T { ...F }'])(
    'is not endless: %s',
    (text) => {
      expect(documentBreach(parse(text), limits)?.code).toBe('BAD_USER_INPUT');
    },
  );

  it.each([
    '{ __proto__: a }',
    '{ constructor }',
    'query ($prototype: Int) { a(x: $prototype) }',
    '{ a(x: { __proto__: 1 }) }',
    'query constructor { a }',
  ])('has no names that objects are born with: %s', (text) => {
    expect(documentBreach(parse(text), limits)?.code).toBe('BAD_USER_INPUT');
  });

  it('lets tools read the schema', () => {
    const text = getIntrospectionQuery({
      inputValueDeprecation: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      oneOf: true,
    });
    expect(documentBreach(parse(text, { maxTokens: DEFAULT_LIMITS.document.tokens }), DEFAULT_LIMITS.document)).toBeNull();
  });
});

describe('the size of variables', () => {
  it.each([
    ['bytes', { v: 'ä'.repeat(20) }, 'COST_EXCEEDED'],
    ['numbers', { v: Array.from({ length: 20 }, () => 1) }, 'COST_EXCEEDED'],
    ['depth', { v: [[[[1]]]] }, 'COST_EXCEEDED'],
    ['names', JSON.parse('{"v":{"__proto__":1}}') as Record<string, unknown>, 'BAD_USER_INPUT'],
  ])('is bounded in %s', (_what, variables, code) => {
    expect(variablesBreach(variables, { bytes: 40, depth: 3 })?.code).toBe(code);
  });

  it('is what a client needs', () => {
    expect(variablesBreach({ input: { text: 'x'.repeat(5_000), media: [{ mediaId: 'm' }] } }, DEFAULT_LIMITS.variables)).toBeNull();
  });
});

describe('the cost of an operation', () => {
  const sdl = `
    directive @cost(weight: Int!) on OBJECT | FIELD_DEFINITION
    directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
    type Query {
      one: T
      bare: [T]
      few(first: Int = 5): [T] @listSize(slicingArguments: ["first"])
      known: [T] @listSize(assumedSize: 3)
      page(first: Int = 5, last: Int): Page @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges"])
      dear: String @cost(weight: 7)
      heavy: Heavy
    }
    type Mutation { do: T }
    type Page { edges: [Edge!]! total: Int }
    type Edge { node: T }
    type T { leaf: String t: T }
    type Heavy @cost(weight: 9) { leaf: String }`;
  const table = new CostTable(parse(sdl), buildASTSchema(parse(sdl)));
  const cost = (text: string, variables = {}): number => {
    const document = parse(text);
    const operation = getOperationAST(document);
    if (operation == null) throw new Error('no operation');
    return table.of(operation, document, variables);
  };

  it.each([
    ['{ one { leaf } }', 1],
    ['{ one { t { t { leaf } } } }', 3],
    ['{ bare { leaf } }', 10],
    ['{ few { t { leaf } } }', 10],
    ['{ few(first: 2) { t { leaf } } }', 4],
    ['{ known { leaf } }', 3],
    ['{ page { edges { node { leaf } } total } }', 1 + 5 * 2],
    ['{ page(first: 3, last: 50) { edges { node { leaf } } } }', 1 + 50 * 2],
    ['{ page(first: 3) { ...P } } fragment P on Page { edges { ... on Edge { node { leaf } } } }', 1 + 3 * 2],
    ['{ dear }', 7],
    ['{ heavy { leaf } }', 9],
    ['{ few(first: -5) { leaf } }', 0],
    ['mutation { do { leaf } }', 11],
    ['{ __schema { types { name } } }', 0],
  ])('%s is %d', (text, expected) => {
    expect(cost(text)).toBe(expected);
  });

  it('takes the sizes of lists from variables', () => {
    expect(cost('query ($n: Int) { few(first: $n) { leaf } }', { n: 40 })).toBe(40);
  });
});

/** Whoever has the letter may: it holds a secret that is good once. */
const BY_LETTER = ['confirmEmailChange', 'resetPassword', 'undoEmailChange', 'unsubscribeFromDigest', 'verifyEmail'];

describe('the graph’s own operations', async () => {
  const graph = await readGraph();
  const supergraph = parse(graph.supergraphSdl);
  const api = buildASTSchema(parse(await readFile(new URL('../../schema/api.graphql', import.meta.url), 'utf8')), { assumeValidSDL: true });
  const costs = new CostTable(supergraph, api);

  it('keep every limit, also with 100 entries a page', () => {
    for (const text of graph.documents.texts) {
      const document = parse(text, { maxTokens: DEFAULT_LIMITS.document.tokens });
      expect(documentBreach(document, DEFAULT_LIMITS.document)).toBeNull();
      const operation = getOperationAST(document);
      if (operation == null) throw new Error('no operation');
      expect(costs.of(operation, document, { first: 100 })).toBeLessThan(DEFAULT_LIMITS.cost / 2);
    }
  });

  it('want a viewer for everything that changes something but opening an account and a session, and what a letter is the key to', () => {
    const policies = new PolicyTable(supergraph, api);
    const open = Object.keys(api.getMutationType()?.getFields() ?? {}).filter((name) => policies.denial('Mutation', name, null) === null);
    expect(open.toSorted()).toEqual(['login', 'refreshSession', 'register', 'requestPasswordReset', ...BY_LETTER].toSorted());
  });
});

describe('addresses', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('the environment', () => {
  it('has defaults for all of it', () => {
    expect(readConfig({})).toEqual({
      profile: 'demo',
      engine: 'plaza',
      limits: DEFAULT_LIMITS,
      safelist: false,
      patience: { readMs: 5_000, writeMs: 10_000 },
      corsOrigins: undefined,
      trustedProxies: 0,
    });
  });

  it.each([
    [{ GATEWAY_ENGINE: 'hive' }, 'GATEWAY_ENGINE must be plaza or apollo'],
    [{ PLAZA_PROFILE: 'staging' }, 'PLAZA_PROFILE must be demo or production'],
    [{ PLAZA_LIMIT_COST: 'much' }, 'PLAZA_LIMIT_COST must be a whole number from 1 to 100000000'],
    [{ PLAZA_CORS_ORIGINS: 'example.org' }, 'PLAZA_CORS_ORIGINS must be origins with commas between: https://a.example,https://b.example'],
    [{}, 'PLAZA_INTERNAL_SECRET_FILE must name the file of the internal secret'],
    [{ PLAZA_INTERNAL_SECRET_FILE: 'x', PLAZA_PORTS: '{' }, 'PLAZA_PORTS must be JSON: {"accounts": "http://127.0.0.1:4101", …}'],
  ])('is refused in one line: %o', (environment, line) => {
    expect(() =>
      readProcessConfig({
        ...(line.startsWith('PLAZA_INTERNAL') ? {} : { PLAZA_INTERNAL_SECRET_FILE: 'x', PLAZA_PORTS: ports }),
        ...environment,
      }),
    ).toThrow(line);
  });
});

const ports = JSON.stringify(
  Object.fromEntries(
    ['accounts', 'social', 'content', 'commerce', 'messaging', 'feed'].map((name, i) => [name, `http://127.0.0.1:${4101 + i}`]),
  ),
);
