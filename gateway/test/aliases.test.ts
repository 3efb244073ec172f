import fc from 'fast-check';
import type { ExecutionResult } from 'graphql';
import { parse, print } from 'graphql';
import { createLogger } from '@plaza/telemetry/logger';
import { execute, GraphQLError } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { PolicyTable } from '../src/access/policy-table.js';
import { SameForAll } from '../src/access/same-for-all.js';
import { ApolloEngine } from '../src/engine/apollo/apollo-engine.js';
import type { SubgraphAccess } from '../src/engine/engine.js';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { Operations } from '../src/operations/operations.js';
import { restore, restorePath } from '../src/operations/restore.js';
import { smallSubgraph } from './small-graph.js';
import { composedOnce } from './world.js';

const schemas = { accounts: smallSubgraph('accounts'), social: smallSubgraph('social') };
const viewer = { id: 'v', sessionId: 's', epoch: 1, scopes: [] };
const contextValue = { claims: { viewer, issuer: 'gateway', requestId: 'r', address: null, userAgent: null } };
const subgraphs: SubgraphAccess = {
  async fetch(name, { query, variables }) {
    const schema = schemas[name as keyof typeof schemas]; // the small graph has no other
    return JSON.parse(
      JSON.stringify(await execute({ schema, document: parse(query), variableValues: variables, contextValue })),
    ) as ExecutionResult;
  },
};

const engine = await ApolloEngine.start({ supergraphSdl: composedOnce(), logger: createLogger('silent', 'test') });
const policies = new PolicyTable(parse(composedOnce()), engine.schema);
const sameForAll = new SameForAll(parse(composedOnce()), engine.schema);
const limits = { ...DEFAULT_LIMITS.document, aliases: 10_000, fields: 10_000, tokens: 100_000, repeats: 10_000 };
const operations = new Operations({ schema: engine.schema, policies, sameForAll, limits, introspection: true });
afterAll(() => engine.stop());

async function answer(query: string): Promise<unknown> {
  const prepared = operations.prepare(query, undefined, { scopes: [] });
  if (prepared.kind === 'refused') throw new Error(`${query}: ${prepared.errors[0]?.message}`);
  const { data, errors } = await engine.execute({ operation: prepared.planned, variables: {}, subgraphs });
  if (errors !== undefined) throw new GraphQLError(`${query}: ${errors[0]?.message}`);
  return data == null ? data : restore(data, prepared.shape).data;
}

/** A selection of fields, each once, so that it can be written without aliases. */
interface Selected {
  readonly field: string;
  readonly alias: string;
  readonly children: readonly Selected[];
}

// Names of real fields are the aliases that do harm.
const alias = fc.constantFrom(
  'id',
  'legacyId',
  'title',
  'name',
  'gate',
  '__typename',
  'node',
  'A_x',
  'A_id',
  'x',
  'friends',
  'part',
  'representations',
  '_entities',
);
const leaves = ['id', 'legacyId', 'title', 'name', 'score', 'gated', '__typename'];

const selections = (depth: number): fc.Arbitrary<readonly Selected[]> =>
  fc
    .uniqueArray(
      fc.oneof(
        fc.record({ field: fc.constantFrom(...leaves), alias, children: fc.constant([]) }),
        fc.record({ field: fc.constant('part'), alias, children: fc.constant([{ field: 'label', alias: 'id', children: [] }]) }),
        ...(depth === 0 ? [] : [fc.record({ field: fc.constant('friends'), alias, children: fc.memo(() => selections(depth - 1))(1) })]),
      ),
      { minLength: 1, maxLength: 6, selector: ({ field }) => field },
    )
    // Two fields cannot answer under one key.
    .filter((fields) => new Set(fields.map((field) => field.alias)).size === fields.length);

const written = (fields: readonly Selected[], withAliases: boolean): string =>
  fields
    .map(
      ({ field, alias: key, children }) =>
        `${withAliases ? `${key}: ` : ''}${field}${children.length === 0 ? '' : ` { ${written(children, withAliases)} }`}`,
    )
    .join(' ');

function renamed(value: unknown, fields: readonly Selected[]): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, fields));
  if (value === null || typeof value !== 'object') return value;
  const object = value as Record<string, unknown>; // what the plain operation answered
  return Object.fromEntries(
    fields.map(({ field, alias: key, children }) => [key, children.length === 0 ? object[field] : renamed(object[field], children)]),
  );
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('aliases', () => {
  it('change the keys of an answer and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(selections(2), fc.constantFrom('thing(id: "t1")', 'things', 'node(id: "t2")'), async (fields, root) => {
        const wrap = (text: string): string =>
          root.startsWith('node') ? `{ r: ${root} { ... on Thing { ${text} } } }` : `{ r: ${root} { ${text} } }`;
        const aliased = plain(await answer(wrap(written(fields, true))));
        const bare = plain(await answer(wrap(written(fields, false)))) as { r: unknown };
        expect(aliased).toEqual({ r: renamed(bare.r, fields) });
      }),
      { numRuns: 60 },
    );
  });

  it('are found again in the paths of errors', () => {
    const prepared = operations.prepare('{ a: things { b: friends { c: name title } } }', undefined, null);
    if (prepared.kind === 'refused') throw new Error('refused');
    expect(restorePath(['A_a', 0, 'A_b', 1, 'A_c'], prepared.shape)).toEqual({ path: ['a', 0, 'b', 1, 'c'], isAsked: true });
    expect(restorePath(['A_a', 0, 'A_b', 1, 'gate'], prepared.shape)).toEqual({ path: ['a', 0, 'b', 1], isAsked: false });
  });

  it('include an id of the gateway’s own where an interface is asked for less, so that the owner is asked', async () => {
    const prepared = operations.prepare('{ node(id: "1") { __typename } }', undefined, { scopes: [] });
    if (prepared.kind === 'refused') throw new Error('refused');
    expect(print(prepared.planned.document)).toContain('A_1id: id');
    expect(restore({ node: { __typename: 'Thing', A_1id: '1' } }, prepared.shape).data).toEqual({ node: { __typename: 'Thing' } });
  });

  it('cost nothing where there are none', () => {
    expect(operations.prepare('{ things { id title name } }', undefined, null)).toMatchObject({ isChanged: false });
    expect(operations.prepare('{ things { id: id title name } }', undefined, null)).toMatchObject({ isChanged: false });
  });

  it('may stand for an object in one member of a union and for a text in another', async () => {
    const asked = '{ anything { __typename ... on Thing { x: part { label } } ... on Other { x: title } } }';
    const [things, others] = [
      '{ anything { __typename ... on Thing { part { label } } } }',
      '{ anything { __typename ... on Other { title } } }',
    ];
    const [both, first, second] = (await Promise.all([asked, things, others].map(answer))).map(plain) as {
      anything: Record<string, unknown>[];
    }[];

    expect(new Set(both?.anything.map(({ __typename }) => __typename))).toEqual(new Set(['Thing', 'Other']));
    expect(both?.anything).toEqual(
      both?.anything.map(({ __typename }, index) => ({
        __typename,
        x: __typename === 'Thing' ? first?.anything[index]?.['part'] : second?.anything[index]?.['title'],
      })),
    );
  });

  it.each([
    '{ things { x: title x: legacyId } }',
    '{ things { x: title x: title(upper: true) } }',
    '{ things { x: part { label } x: title } }',
    '{ anything { ... on Thing { x: part { y: id } } ... on Thing { x: part { y: label } } } }',
  ])('may not stand for two things of one object: %s', (query) => {
    expect(operations.prepare(query, undefined, { scopes: [] })).toMatchObject({
      kind: 'refused',
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});
