import { Session } from 'node:inspector/promises';
import { findSourceMap } from 'node:module';
import type { Profiler } from 'node:inspector';

/** Whose code ran, as parts of the time that JavaScript ran. */
export interface Shares {
  readonly gateway: number;
  readonly subgraphs: number;
  /** Garbage collection, the runtime itself, and code of both (graphql-js) that came back from an await, where nobody stands on the stack. */
  readonly shared: number;
  /** The functions that ran longest by themselves: `12.3 %  completeValue graphql/execution/execute.js` */
  readonly hottest: readonly string[];
  /** The same by folder. */
  readonly folders: readonly string[];
}

const GATEWAY =
  /\/gateway\/src\/|\/@apollo\/(gateway|query-planner|server|federation-internals|query-graphs|composition|utils)|\/node_modules\/express|body-parser|\/as-integrations/;
const SUBGRAPHS =
  /\/subgraphs\/|\/packages\/(subgraph|db|events|calls|visibility|media)\/|\/node_modules\/(pg|pg-[a-z]+|@prisma|postgres-[a-z]+|dataloader|typeid-js)\/|\/@apollo\/subgraph\//;
const SAMPLE_MICROSECONDS = 500;

/** Samples this process while `work` runs. A sample belongs to the nearest frame on its stack that is the gateway's or a subgraph's. */
export async function profiled(work: () => Promise<void>): Promise<Shares> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return sharesOf(profile.nodes.map(whereItWasWritten));
}

/** What runs is built of sources, many in a file: a frame's place is that of its source. */
function whereItWasWritten(node: Profiler.ProfileNode): Profiler.ProfileNode {
  const { url, lineNumber, columnNumber } = node.callFrame;
  const entry = url.startsWith('file:') ? findSourceMap(url)?.findEntry(lineNumber, columnNumber) : undefined;
  if (entry === undefined || !('originalSource' in entry)) return node;
  return { ...node, callFrame: { ...node.callFrame, url: String(entry.originalSource) } };
}

function sharesOf(nodes: readonly Profiler.ProfileNode[]): Shares {
  const parents = new Map<number, number>();
  for (const { id, children } of nodes) for (const child of children ?? []) parents.set(child, id);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const times = { gateway: 0, subgraphs: 0, shared: 0 };
  const selfTimes = new Map<string, number>();
  const folders = new Map<string, number>();
  for (const node of nodes) {
    const { functionName, url } = node.callFrame;
    const hits = node.hitCount ?? 0;
    if (hits === 0 || functionName === '(idle)' || functionName === '(root)') continue;
    times[ownerOf(node, byId, parents)] += hits;
    const name = `${functionName || '(anonymous)'} ${shortened(url)}`;
    selfTimes.set(name, (selfTimes.get(name) ?? 0) + hits);
    const folder = folderOf(functionName, url);
    folders.set(folder, (folders.get(folder) ?? 0) + hits);
  }
  const total = times.gateway + times.subgraphs + times.shared;
  const ranking = (times: ReadonlyMap<string, number>): readonly string[] =>
    [...times]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, 16)
      .map(([name, hits]) => `${((100 * hits) / total).toFixed(1).padStart(5)} %  ${name}`);
  return {
    gateway: times.gateway / total,
    subgraphs: times.subgraphs / total,
    shared: times.shared / total,
    hottest: ranking(selfTimes),
    folders: ranking(folders),
  };
}

function ownerOf(
  node: Profiler.ProfileNode,
  byId: ReadonlyMap<number, Profiler.ProfileNode>,
  parents: ReadonlyMap<number, number>,
): 'gateway' | 'subgraphs' | 'shared' {
  for (let current: Profiler.ProfileNode | undefined = node; current !== undefined;) {
    const { url } = current.callFrame;
    if (SUBGRAPHS.test(url)) return 'subgraphs';
    if (GATEWAY.test(url)) return 'gateway';
    const parent = parents.get(current.id);
    current = parent === undefined ? undefined : byId.get(parent);
  }
  return 'shared';
}

/** `graphql`, `@apollo/gateway`, `packages/db`, `subgraphs/feed`, `node:net`. */
function folderOf(functionName: string, url: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native code';
  if (url.startsWith('node:')) return url;
  const path = url.replace(/^file:\/\//, '');
  const installed = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
  return installed?.[1] ?? /\/((?:packages|subgraphs)\/[^/]+|gateway)\//.exec(path)?.[1] ?? path;
}

const shortened = (url: string): string =>
  url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/node_modules\//, '')
    .replace(/^.*\/(gateway|subgraphs|packages)\//, '$1/');
