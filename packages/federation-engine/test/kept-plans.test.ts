import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createEngine } from '../src/engine.js';
import { KeptPlans } from '../src/plan/kept-plans.js';
import { type MadePlan, type Overrides, type Planning, planningHere } from '../src/plan/planner.js';
import { loadSupergraph } from '../src/plan/supergraph.js';
import { supergraphOf } from './graphs.js';

const supergraphSdl = supergraphOf({
  one: 'type Query { a: A } type A @key(fields: "id") { id: ID! one: String }',
  two: 'type A @key(fields: "id") { id: ID! two: String }',
});
const other = supergraphOf({ one: 'type Query { a: A } type A { id: ID! one: String two: String }' });
const QUERY = '{ a { one two } }';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'plaza-plans-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let made: number;
beforeEach(() => {
  made = 0;
});

/** A start of its own: a planner that counts, over the folder. */
function started(folder: string, sdl = supergraphSdl): Planning {
  const planner = planningHere(loadSupergraph(sdl).supergraph);
  const counting: Planning = {
    make(job) {
      made += 1;
      return planner.make(job);
    },
    stop: () => planner.stop(),
  };
  return new KeptPlans(counting, { folder, supergraphSdl: sdl, limits: {} });
}

const ask = (planning: Planning, isTrusted = true, overrides: Overrides = new Map()): Promise<readonly MadePlan[]> =>
  planning.make({ documents: [parse(QUERY)], overrides, isTrusted });

it('are found by the next start, and are the same', async () => {
  const folder = join(root, 'next');
  const first = await ask(started(folder));
  expect(JSON.stringify(await ask(started(folder)))).toBe(JSON.stringify(first));
  expect(made).toBe(1);
});

it('of another supergraph, or with other overrides, are other plans', async () => {
  const folder = join(root, 'others');
  const [plan] = await ask(started(folder));
  const [elsewhere] = await ask(started(folder, other));
  await ask(started(folder), true, new Map([['new', true]]));
  expect(made).toBe(3);
  expect(elsewhere?.text).not.toBe(plan?.text);
});

it('of strangers are not kept: there is no end to them', async () => {
  const folder = join(root, 'strangers');
  await ask(started(folder), false);
  await ask(started(folder), false);
  expect(made).toBe(2);
  expect(await readdir(root)).not.toContain('strangers');
});

it('that are broken are made again', async () => {
  const folder = join(root, 'broken');
  await ask(started(folder));
  const [graph = ''] = await readdir(folder);
  const [file = ''] = await readdir(join(folder, graph));
  await writeFile(join(folder, graph, file), '[{"plan"');
  await ask(started(folder));
  await ask(started(folder));
  expect(made).toBe(2);
});

it('are made as ever where there can be no folder', async () => {
  await writeFile(join(root, 'file'), '');
  expect(await ask(started(join(root, 'file', 'plans')))).toHaveLength(1);
});

it('run as those that were just made', async () => {
  const plansFolder = join(root, 'engines');
  for (let start = 0; start < 2; start += 1) {
    const engine = createEngine({ supergraphSdl, threads: {}, plansFolder });
    const plan = await engine.plan({ document: parse(QUERY), isTrusted: true });
    const fetch = async (name: string) =>
      name === 'one' ? { data: { a: { __typename: 'A', id: '1', one: 'o' } } } : { data: { _entities: [{ two: 't' }] } };
    expect(await engine.executeText({ plan, variables: {}, fetch })).toBe('{"data":{"a":{"one":"o","two":"t"}}}');
    await engine.stop();
  }
});
