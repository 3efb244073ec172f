import { createLogger } from '@plaza/telemetry/logger';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PolicyTable } from '../src/access/policy-table.js';
import { SameForAll } from '../src/access/same-for-all.js';
import { ApolloEngine } from '../src/engine/apollo/apollo-engine.js';
import { type Engine, PlanTooLargeError } from '../src/engine/engine.js';
import { PlazaEngine } from '../src/engine/plaza/plaza-engine.js';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { Operations } from '../src/operations/operations.js';
import { BOMBS } from './bombs.js';
import { composedOnce, startWorld, type World } from './world.js';

/** Of this process's own time: the machine may be busy with something else. */
const BOUND_MS = 500;

const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24];

function timed<T>(work: () => T): { readonly result: T; readonly ms: number } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, ms: (user + system) / 1000 };
}

function operationsOf({ schema }: Engine): Operations {
  const policies = new PolicyTable(parse(composedOnce()), schema);
  const sameForAll = new SameForAll(parse(composedOnce()), schema);
  return new Operations({ schema, policies, sameForAll, limits: DEFAULT_LIMITS.document, introspection: true });
}

describe('what the limits let through is planned in time', async () => {
  const engine = await ApolloEngine.start({ supergraphSdl: composedOnce(), logger: createLogger('silent', 'test') });
  const operations = operationsOf(engine);

  it.each(Object.entries(BOMBS))('bombs of the family "%s"', async (_family, bomb) => {
    for (const size of sizes) {
      const { result: prepared, ms } = timed(() => operations.prepare(bomb(size), undefined, null));
      expect(ms).toBeLessThan(BOUND_MS);
      if (prepared.kind === 'refused') continue;
      const planning = timed(() => engine.plan(prepared.planned));
      await planning.result.catch((error: unknown) => expect(error).toBeInstanceOf(PlanTooLargeError));
      expect(planning.ms).toBeLessThan(BOUND_MS);
    }
    expect(operations.prepare(bomb(24), undefined, null)).toMatchObject({ kind: 'refused' });
  });
});

/** Starting a thread takes a while where the machine is busy. */
const PATIENCE_MS = 120_000;

describe('a plan that is made aside', () => {
  let engine: PlazaEngine;
  let operations: Operations;
  // Not before its turn: its thread starts at once, and others here look at the processor's time.
  beforeAll(() => {
    engine = PlazaEngine.start({ supergraphSdl: composedOnce() });
    operations = operationsOf(engine);
  });
  afterAll(() => engine.stop());

  it.each(Object.entries(BOMBS))(
    'is there, or is refused as too large: bombs of the family "%s"',
    { timeout: PATIENCE_MS },
    async (_family, bomb) => {
      for (const size of sizes) {
        const prepared = operations.prepare(bomb(size), undefined, null);
        if (prepared.kind === 'refused') continue;
        const outcome = await engine.plan(prepared.planned).catch((error: unknown) => error);
        expect(outcome instanceof PlanTooLargeError || (outcome instanceof Object && 'text' in outcome)).toBe(true);
      }
    },
  );
});

it('answers others while bombs are planned, and everybody after them', { timeout: PATIENCE_MS }, async () => {
  const open = await startWorld({ gateway: { planning: 'aside' } });
  try {
    const isFine = async (query: string): Promise<void> => {
      const { status, body } = await open.post(query);
      expect([status, body.errors]).toEqual([200, undefined]);
    };
    const bombs = Object.values(BOMBS).flatMap((bomb) => [4, 6, 8].map((size) => open.post(bomb(size))));
    await Promise.all([isFine('{ __typename }'), isFine('{ thing(id: "t1") { name } }')]);
    for (const { body } of await Promise.all(bombs)) {
      if (body.errors !== undefined) expect(body.errors[0]?.extensions.code).toBe('COST_EXCEEDED');
    }
    await isFine('{ thing(id: "t1") { id name } }');
  } finally {
    await open.stop();
  }
});

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.post('{ thing(id: "t1") { name } }'); // the first request pays for what is made once
});
afterAll(() => world.stop());

it.each([
  ['aliases of one field', `{ ${Array.from({ length: 101 }, (_, i) => `a${i}: __typename`).join(' ')} }`],
  ['one field over and over', `{ ${'__typename '.repeat(500)} }`],
  ['ten thousand fields', `{ ${'whoami '.repeat(10_000)} }`],
  ['unknown directives', `{ __typename ${'@aa '.repeat(10)} }`],
  ['two thousand directives', `{ __typename ${'@aa '.repeat(2_000)} }`],
  ['depth', `{ tree { ${'next { '.repeat(50)} label ${'} '.repeat(50)} } }`],
  ['deep lists', `{ thing(id: ${'['.repeat(900)}1${']'.repeat(900)}) { id } }`],
  ['a fragment in itself', 'query { thing(id: "t1") { ...A } } fragment A on Thing { ...B } fragment B on Thing { ...A }'],
  ['circular introspection', `{ __schema { ${'types { fields { type { '.repeat(4)} name ${'} } } '.repeat(4)} } }`],
  ['a shorter text than it is long', `{${' '.repeat(200_000)}nonsense}`],
  ['prototype names', '{ __proto__: whoami }'],
  ['a variable named so', 'query ($constructor: ID = 1) { thing(id: $constructor) { id } }'],
])('refuses %s quickly, with few words', async (_what, query) => {
  const before = process.cpuUsage();
  const { status, text, body } = await world.post(query);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(BOUND_MS);
  expect(status).toBe(400);
  expect(body.errors?.length).toBeLessThanOrEqual(3);
  expect(text.length).toBeLessThan(2_000);
});

it('keeps the prototype of objects clean', async () => {
  await world.send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"query ($v: ID!) { thing(id: $v) { id } }","variables":{"v":"t1","__proto__":{"polluted":true}}}',
  });
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
