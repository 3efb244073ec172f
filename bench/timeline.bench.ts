/** `npm run bench:timeline`: see HELP. */
import { askOnce } from '@plaza/db/with-client';
import '@plaza/embedded/node-env';
import { readFile } from 'node:fs/promises';
import { printed } from '@plaza/telemetry/progress';
import { postsToRead } from './dataset/to-read.js';
import { failureLines } from './load/failures.js';
import { Load } from './load/load.js';
import type { HomeResult } from './load/jobs.js';
import { built } from './measure/database.js';
import { machine } from './measure/machine.js';
import { spread } from './measure/percentiles.js';
import { postgresCpuMs } from './measure/postgres-cpu.js';
import { profiled } from './measure/profile.js';
import { STATE_FRESH_MS } from '@plaza/calls/people';
import { readOptions, type Size } from './options.js';
import { type BenchPlaza, startBenchPlaza } from './plaza.js';

const HELP = `Usage: npm run bench:timeline [-- --scale 0.1] [--wide]

Reads home pages of 20 posts (the document schema/operations/Home.graphql) through the gateway over HTTP, each request for
another viewer. Cold: who never read before, served by look-up while their timeline is built. Warm: who read before.
The dataset (10,000 people, 100,000 posts, 1,000,000 follows by a power law, actors above 1,000 followers pulled) is made by
a fixed seed at the first run and kept in bench/.plaza. Every page must have as many posts as a count in the database gives its
reader, up to its size; what else came is told by kinds.

  --scale  part of all sizes, 0.01 to 10 (1)
  --wide   ten times as many people, who follow a tenth as many each: with --scale 10 a million people, a million posts, ten million follows
`;

const WARM_UP = 150;
const ONE = 200;
const MANY = 600;
const CLIENTS = 20;
const PAGE = 20;
const PAGES = [1, 20, 100];

const out = (line = ''): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const size = readOptions(HELP);
  if (size === null) return;
  const plaza = await startBenchPlaza(size, printed(process.stdout));
  const load = new Load();
  try {
    await bench(plaza, load, size);
  } finally {
    load.stop();
    await plaza.stop();
  }
}

async function bench(plaza: BenchPlaza, load: Load, size: Size): Promise<void> {
  await track(plaza.adminUrl, 'none');
  await forgetReaders(plaza);
  await describeData(plaza, size);
  const query = await readFile(new URL('../schema/operations/Home.graphql', import.meta.url), 'utf8');
  const body = (first: number): string => JSON.stringify({ operationName: 'Home', query, variables: { first } });
  const viewers = takeTurns(size.users);
  const warmUp = viewers(WARM_UP);
  const [one, many] = [viewers(Math.min(ONE, size.users / 20)), viewers(Math.min(MANY, size.users / 5))];
  const toRead = await postsToRead(plaza.databases.feed, [...warmUp, ...one, ...many], Math.max(...PAGES));
  const read = async (people: readonly number[], clients: number, first = PAGE): Promise<HomeResult> => {
    const readers = people.map(async (n) => ({ token: await plaza.token(n), posts: Math.min(first, toRead.get(n) ?? 0) }));
    return load.home({ url: plaza.url, body: body(first), readers: await Promise.all(readers), clients });
  };

  await read(warmUp, 4);
  await plaza.settled();

  out(`\nHome, ${PAGE} posts, a new viewer each request`);
  const short = [...one, ...many].filter((n) => (toRead.get(n) ?? 0) < PAGE).length;
  if (short > 0) out(`  (${short} of these ${one.length + many.length} people have fewer to read: they follow few, who wrote little)`);
  const cold1 = await read(one, 1);
  report('1 viewer   cold', cold1);
  const cold20 = await cpuOf(plaza, () => read(many, CLIENTS));
  report(`${CLIENTS} viewers cold`, cold20.result, cold20);
  await built(plaza.databases.feed);
  // What one process remembers of relations ends after a minute; timelines stay.
  await read([...one, ...many], 4);
  report('1 viewer   warm', await read(one, 1));
  const warm20 = await cpuOf(plaza, () => read([...many, ...many], CLIENTS));
  report(`${CLIENTS} viewers warm`, warm20.result, warm20);

  await track(plaza.adminUrl, 'top');
  await askOnce(plaza.adminUrl, 'SELECT pg_stat_statements_reset()');
  const shares = await profiled(async () => void (await read([...many, ...many], CLIENTS)));
  const longest = await longestStatements(plaza, 2 * many.length);
  await track(plaza.adminUrl, 'none');
  const node = warm20.nodeMs;
  out(`\nCPU of one warm request: ${(node + warm20.databaseMs).toFixed(1)} ms`);
  for (const part of ['gateway', 'subgraphs', 'shared'] as const) {
    out(
      `  ${part.padEnd(10)} ${(node * shares[part]).toFixed(1)} ms${part === 'shared' ? '  (garbage collector, runtime, graphql-js of both after an await)' : ''}`,
    );
  }
  out(`  database   ${warm20.databaseMs.toFixed(1)} ms`);
  out('  the functions that ran longest by themselves:');
  for (const line of shares.hottest) out(`    ${line}`);
  out('  the same by folder:');
  for (const line of shares.folders) out(`    ${line}`);

  out('  the statements that took longest, with how often one request sends each:');
  for (const line of longest) out(`    ${line}`);

  out('\nSQL statements of one request, as PostgreSQL counts them (the newest post has a photo, nothing is remembered of accounts)');
  const rich = await withPhotoOnTop(plaza, many, body(1));
  for (const first of PAGES) for (const line of failureLines((await read(rich, 1, first)).failures)) out(line);
  for (const first of PAGES) {
    let count = 0;
    for (const n of rich) {
      await new Promise((resolve) => setTimeout(resolve, STATE_FRESH_MS + 100));
      count += await statements(plaza, () => read([n], 1, first));
    }
    out(`  ${String(first).padStart(3)} posts  ${count / rich.length}`);
  }
}

/** Three people whose newest post has a photo, so that a page of one post asks for all that a page of a hundred does. */
async function withPhotoOnTop(plaza: BenchPlaza, people: readonly number[], body: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const n of people) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await plaza.token(n)}` };
    const text = await (await fetch(plaza.url, { method: 'POST', headers, body })).text();
    if (text.includes('"media":[{')) found.push(n);
    if (found.length === 3) break;
  }
  return found;
}

interface Cpu<Result> {
  readonly result: Result;
  /** Per request. */
  readonly nodeMs: number;
  readonly databaseMs: number;
}

async function cpuOf(plaza: BenchPlaza, work: () => Promise<HomeResult>): Promise<Cpu<HomeResult>> {
  const [database, node] = [postgresCpuMs(plaza.dataDir), process.cpuUsage()];
  const result = await work();
  const used = process.cpuUsage(node);
  const requests = result.latencies.length;
  return { result, nodeMs: (used.user + used.system) / 1_000 / requests, databaseMs: (postgresCpuMs(plaza.dataDir) - database) / requests };
}

function report(
  name: string,
  { latencies, failures, seconds, bytes }: HomeResult,
  cpu?: { readonly nodeMs: number; readonly databaseMs: number },
): void {
  const cost = cpu === undefined ? '' : `  CPU ${(cpu.nodeMs + cpu.databaseMs).toFixed(1)} ms`;
  out(
    `  ${name}  ${spread(latencies)}  ${(latencies.length / seconds).toFixed(0)}/s  ${(bytes / 1_000).toFixed(0)} KB${cost}  n=${latencies.length}`,
  );
  for (const line of failureLines(failures)) out(line);
}

/** Hands out each person once; the order mixes popular and unpopular ones. */
function takeTurns(users: number): (count: number) => readonly number[] {
  const step = 7_919; // a prime that divides no size
  let next = 0;
  return (count) => Array.from({ length: Math.floor(count) }, () => (next++ * step + 13) % users);
}

/** Everybody is cold again. */
async function forgetReaders({ databases }: BenchPlaza): Promise<void> {
  await askOnce(databases.feed, 'TRUNCATE reader, timeline_entry, refresh_task');
}

async function describeData({ databases }: BenchPlaza, size: Size): Promise<void> {
  const [feed] = await askOnce<{ follows: string; pulled: string; most: number; items: string }>(
    databases.feed,
    `SELECT (SELECT count(*) FROM followee WHERE follower_id <> followee_id) AS follows, (SELECT count(*) FROM feed_item) AS items,
       (SELECT count(*) FROM author_mode WHERE mode = 'PULL') AS pulled, (SELECT max(follower_count) FROM author_mode) AS most`,
  );
  out(`machine  ${machine()}`);
  out(
    `dataset  ${size.users} people, ${size.posts} posts, ${feed?.follows} follows (one has ${feed?.most} followers), ${feed?.items} items`,
  );
  out(
    `fan-out  pulled above ${size.pushMaxFollowers} followers: ${feed?.pulled} people, ${((100 * Number(feed?.pulled)) / size.users).toFixed(1)} %`,
  );
}

/** Statements in all databases while `work` runs, without those by which Plaza looks after events, mutes and sessions every second anyway. */
async function statements({ adminUrl }: BenchPlaza, work: () => Promise<unknown>): Promise<number> {
  await track(adminUrl, 'top');
  await askOnce(adminUrl, 'SELECT pg_stat_statements_reset()');
  await work();
  const [row] = await askOnce<{ calls: string }>(
    adminUrl,
    `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements
     WHERE dbid <> (SELECT oid FROM pg_database WHERE datname = 'postgres') AND query !~ 'outbox|refresh_task|advisory|plan_cache_mode|expires_at|ended_at|^(BEGIN|COMMIT)'`,
  );
  await track(adminUrl, 'none');
  return Number(row?.calls ?? Number.NaN);
}

async function longestStatements({ adminUrl }: BenchPlaza, requests: number): Promise<readonly string[]> {
  const rows = await askOnce<{ ms: number; calls: number; database: string; query: string }>(
    adminUrl,
    `SELECT total_exec_time / ${requests} AS ms, calls / ${requests}.0::float8 AS calls, substr(datname, 7) AS database, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) AS query
     FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid WHERE datname LIKE 'plaza%' ORDER BY total_exec_time DESC LIMIT 10`,
  );
  return rows.map(({ ms, calls, database, query }) => `${ms.toFixed(2)} ms  ${calls.toFixed(1)} ×  ${database}: ${query}`);
}

/** PostgreSQL counts only while we ask it to: counting costs a little. */
async function track(adminUrl: string, what: 'top' | 'none'): Promise<void> {
  await askOnce(adminUrl, 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  await askOnce(adminUrl, `ALTER SYSTEM SET pg_stat_statements.track = '${what}'`);
  await askOnce(adminUrl, 'SELECT pg_reload_conf()');
  await new Promise((resolve) => setTimeout(resolve, 300));
}

await main();
