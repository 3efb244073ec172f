import { readdirSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type FederationEngine } from '../src/engine.js';
import { PlannerBusyError, PlanTooLargeError } from '../src/plan/planner.js';
import { supergraphOf } from './graphs.js';

/** Every type in every subgraph: the ways from one to the next multiply. */
const KINDS = ['A', 'B', 'C', 'D', 'E', 'F'];
const subgraph = (name: string): string => `
  type Query { ${name}: N }
  interface N { id: ID! v: N ${name}Word: String }
  ${KINDS.map((kind) => `type ${kind} implements N @key(fields: "id") { id: ID! v: N @shareable ${name}Word: String }`).join('\n')}`;
const supergraphSdl = supergraphOf(Object.fromEntries(['one', 'two', 'three', 'four'].map((name) => [name, subgraph(name)])));

/** Four hundred letters that take a planner without bounds all the memory that there is. */
const fields = `{ id ${KINDS.map((kind) => `... on ${kind} { oneWord twoWord threeWord fourWord }`).join(' ')} }`;
const bomb = (name: string): string =>
  `query ${name} { one { v { v ${fields} ${KINDS.map((kind) => `... on ${kind} { v ${fields} }`).join(' ')} } } }`;
const UNBOUNDED = { pathsLimit: 100_000_000, maxEvaluatedPlans: 100_000_000 };
const NEVER = 600_000;
/** Starting a thread takes a while where the machine is busy. */
const PATIENT = { timeout: 120_000 };

const planned = (engine: FederationEngine, text: string, isTrusted = false): Promise<{ readonly text: string }> =>
  engine.plan({ document: parse(text), isTrusted });
const SMALL = '{ one { id ... on A { twoWord } } }';

let engine: FederationEngine;
beforeAll(() => {
  engine = createEngine({ supergraphSdl, threads: {} });
});
afterAll(() => engine.stop());

describe('plans made on a thread', PATIENT, () => {
  it('are those that are made here', async () => {
    const here = createEngine({ supergraphSdl });
    const [made, expected] = [await planned(engine, SMALL), await planned(here, SMALL)];
    expect(made.text).toBe(expected.text);
    const run = async (one: FederationEngine): Promise<string> =>
      one.executeText({
        plan: await one.plan({ document: parse(SMALL) }),
        variables: {},
        fetch: async (name) =>
          name === 'one' ? { data: { one: { __typename: 'A', id: '1' } } } : { data: { _entities: [{ twoWord: 'two' }] } },
      });
    expect(await run(engine)).toBe('{"data":{"one":{"id":"1","twoWord":"two"}}}');
    expect(await run(engine)).toBe(await run(here));
  });

  it('are made once for all who ask at the same time', async () => {
    const text = '{ one { id ... on B { threeWord } } }';
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => planned(engine, text)));
    for (const other of others) expect(other).toBe(first);
  });

  it('follow the values of conditions that change them', async () => {
    const text = 'query ($c: Boolean!) { one { ... on A { twoWord threeWord @include(if: $c) } } }';
    const plan = await engine.plan({ document: parse(text) });
    const asked: string[] = [];
    const fetch = async (name: string) => {
      asked.push(name);
      return name === 'one' ? { data: { one: { __typename: 'A', id: '1' } } } : { data: { _entities: [{ [`${name}Word`]: name }] } };
    };
    expect(await engine.executeText({ plan, variables: { c: false }, fetch })).toBe('{"data":{"one":{"twoWord":"two"}}}');
    expect(asked).not.toContain('three');
  });

  it('that are too large are refused by count, once', async () => {
    await expect(planned(engine, bomb('Counted'))).rejects.toBeInstanceOf(PlanTooLargeError);
    expect(engine.knows({ document: parse(bomb('Counted')) })).toBe(true);
    await expect(planned(engine, bomb('Counted'))).rejects.toBeInstanceOf(PlanTooLargeError);
    expect(engine.knows({ document: parse('{ one { id v { id } } }') })).toBe(false);
  });
});

describe.each([
  ['too long', { deadlineMs: 300 }],
  ['too much memory', { deadlineMs: NEVER, heapMiB: 96 }],
])('a plan that takes %s', PATIENT, (_, threads) => {
  it('ends its thread and nothing else', async () => {
    const one = createEngine({ supergraphSdl, planner: UNBOUNDED, threads });
    try {
      const outcomes = await Promise.allSettled([planned(one, bomb('Huge')), planned(one, SMALL)]);
      expect(outcomes).toMatchObject([{ status: 'rejected', reason: expect.any(PlanTooLargeError) }, { status: 'fulfilled' }]);
    } finally {
      await one.stop();
    }
  });
});

it('plans what is trusted while a stranger keeps the planner', PATIENT, async () => {
  const one = createEngine({ supergraphSdl, planner: UNBOUNDED, threads: { deadlineMs: NEVER, heapMiB: 4_096 } });
  let isOver = false;
  const strange = planned(one, bomb('Long')).finally(() => {
    isOver = true;
  });
  strange.catch(() => undefined);
  await planned(one, SMALL, true);
  expect(isOver).toBe(false);
  await one.stop();
  await expect(strange).rejects.toThrow('The planner was stopped.');
});

/** A thread may be gone by now. */
function priorityOf(thread: string): number {
  try {
    return getPriority(Number(thread));
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}

it.skipIf(process.platform !== 'linux' || getPriority() === constants.priority.PRIORITY_LOW)(
  'plans behind who serves, where cores are few',
  PATIENT,
  async () => {
    const own = getPriority(process.pid);
    const behind = (): number => readdirSync('/proc/self/task').filter((thread) => priorityOf(thread) > own).length;
    const before = behind();
    const one = createEngine({ supergraphSdl, threads: {} });
    await planned(one, SMALL);
    expect(behind()).toBeGreaterThan(before);
    expect(getPriority(process.pid)).toBe(own);
    await one.stop();
  },
);

it('refuses strangers when too many wait', PATIENT, async () => {
  const one = createEngine({ supergraphSdl, threads: { queue: 1 } });
  const outcomes = await Promise.allSettled(
    ['oneWord', 'twoWord', 'threeWord', 'fourWord'].map((word) => planned(one, `{ one { ... on A { ${word} } } }`)),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(outcomes[3]).toMatchObject({ reason: expect.any(PlannerBusyError) });
  await one.stop();
});
