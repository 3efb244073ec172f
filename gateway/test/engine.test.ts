import { createLogger } from '@plaza/telemetry/logger';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, type ExecutionResult, parse, subscribe } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PolicyTable } from '../src/access/policy-table.js';
import { SameForAll } from '../src/access/same-for-all.js';
import { createEngine, ENGINE_NAMES } from '../src/engine/create-engine.js';
import type { Engine, EngineOperation, SubgraphAccess, SubgraphQuery } from '../src/engine/engine.js';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { Operations } from '../src/operations/operations.js';
import { restore } from '../src/operations/restore.js';

const head = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])';
const TYPE_DEFS = {
  people: parse(`${head} type Query { me: Person @authenticated } type Person @key(fields: "id") { id: ID! name: String }`),
  live: parse(
    `${head} type Query { live: Int } type Subscription { wave(times: Int!): Wave } type Wave { count: Int! by: Person } type Person @key(fields: "id", resolvable: false) { id: ID! }`,
  ),
};
const SCHEMAS = {
  people: buildSubgraphSchema([
    {
      typeDefs: TYPE_DEFS.people,
      resolvers: { Person: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `Person ${id}` }) } },
    },
  ]),
  live: buildSubgraphSchema([
    {
      typeDefs: TYPE_DEFS.live,
      resolvers: {
        Subscription: {
          wave: {
            async *subscribe(_: unknown, { times }: { times: number }) {
              for (let count = 1; count <= times; count += 1) yield { wave: { count, by: { id: String(count) } } };
            },
          },
        },
      },
    },
  ]),
};

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const input = (name: string, { query, variables }: SubgraphQuery) => ({
  schema: SCHEMAS[name as keyof typeof SCHEMAS],
  document: parse(query),
  variableValues: variables,
});
const fetched: string[] = [];
const subgraphs: SubgraphAccess = {
  async fetch(name, query) {
    fetched.push(name);
    return plain(await execute(input(name, query)));
  },
  async listen(name, query) {
    const events = await subscribe(input(name, query));
    return Symbol.asyncIterator in events ? eachPlain(events) : events;
  },
};
async function* eachPlain(events: AsyncIterable<ExecutionResult>) {
  for await (const event of events) yield plain(event);
}

describe.each(ENGINE_NAMES)('the engine "%s"', { timeout: 120_000 }, (engineName) => {
  let engine: Engine;
  let operations: Operations;
  beforeAll(async () => {
    const { supergraphSdl = '' } = composeServices(
      Object.entries(TYPE_DEFS).map(([name, typeDefs]) => ({ name, typeDefs, url: `http://${name}.invalid` })),
    );
    engine = await createEngine(engineName, { supergraphSdl, logger: createLogger('silent', 'test') });
    operations = new Operations({
      schema: engine.schema,
      policies: new PolicyTable(parse(supergraphSdl), engine.schema),
      sameForAll: new SameForAll(parse(supergraphSdl), engine.schema),
      limits: DEFAULT_LIMITS.document,
      introspection: true,
    });
  });
  afterAll(() => engine.stop());

  function prepared(text: string): { readonly operation: EngineOperation; readonly shape: Parameters<typeof restore>[1] } {
    const ready = operations.prepare(text, undefined, null);
    if (ready.kind === 'refused') throw new Error(ready.errors[0]?.message);
    return { operation: ready.planned, shape: ready.shape };
  }

  it('loads a supergraph whose security it does not know, and shows its plans', async () => {
    const { operation } = prepared('subscription { wave(times: 1) { by { name } } }');
    const plan = await engine.plan(operation);
    expect(plan.kind).toBe('subscription');
    expect(plan.text).toMatch(/Subscription[\s\S]+live[\s\S]+people/u);
    expect(await engine.plan(operation)).toEqual(plan);
  });

  it('completes each event from the other subgraphs, in order', async () => {
    fetched.length = 0;
    const { operation, shape } = prepared('subscription ($n: Int!) { w: wave(times: $n) { id: count by { id name } } }');
    const events = await engine.subscribe({ operation, variables: { n: 3 }, subgraphs });
    if (!(Symbol.asyncIterator in events)) throw new Error(String(events.errors?.[0]));
    const seen: unknown[] = [];
    for await (const { data } of events) seen.push(restore(plain(data ?? {}), shape).data);
    expect(seen).toEqual([1, 2, 3].map((count) => ({ w: { id: count, by: { id: String(count), name: `Person ${count}` } } })));
    expect(fetched).toEqual(['people', 'people', 'people']);
  });

  it('ends the source when the reader leaves', async () => {
    const { operation } = prepared('subscription { wave(times: 1000) { count } }');
    let isEnded = false;
    async function* endless(): AsyncGenerator<ExecutionResult> {
      try {
        for (let count = 0; ; count += 1) yield { data: { wave: { count } } };
      } finally {
        isEnded = true;
      }
    }
    const events = await engine.subscribe({
      operation,
      variables: {},
      subgraphs: { ...subgraphs, listen: () => Promise.resolve(endless()) },
    });
    if (!(Symbol.asyncIterator in events)) throw new Error('no stream');
    for await (const { data } of events) {
      expect(plain(data)).toEqual({ wave: { count: 0 } });
      break;
    }
    expect(isEnded).toBe(true);
  });

  it('says in one result why there is no stream', async () => {
    const { operation } = prepared('subscription { wave(times: 1) { count } }');
    const result = await engine.subscribe({ operation, variables: {}, subgraphs: { fetch: subgraphs.fetch } });
    expect(result).toMatchObject({ errors: [{ message: 'Live fields are not served here.' }] });
    const query = prepared('{ live }').operation;
    expect(await engine.subscribe({ operation: query, variables: {}, subgraphs })).toMatchObject({
      errors: [{ message: 'This operation is not a subscription.' }],
    });
  });
});
