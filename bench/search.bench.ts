/** `npm run bench:search`: see HELP. */
import { askOnce } from '@plaza/db/with-client';
import '@plaza/embedded/node-env';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { rebuildSearch, searchBuild } from '@plaza/calls/contracts/search.calls';
import { fromTypeId } from '@plaza/kernel/type-id';
import { draws } from '@plaza/testing/draws';
import { printed } from '@plaza/telemetry/progress';
import { z } from 'zod';
import { numberOf } from './dataset/ids.js';
import { machine } from './measure/machine.js';
import { spread } from './measure/percentiles.js';
import { postgresCpuMs } from './measure/postgres-cpu.js';
import { readOptions, type Size } from './options.js';
import { type BenchPlaza, startBenchPlaza } from './plaza.js';
import { FIXTURE, QUERIES } from './search/fixture.js';
import { nameOf, writeMass } from './search/mass.js';
import { TAGS, WORDS } from './search/words.js';

const HELP = `Usage: npm run bench:search [-- --scale 0.1]

Searches 100,000 posts in English, Vietnamese and Chinese by 10,000 people, through the gateway over HTTP, each request for
another viewer; a fixed seed makes the dataset at the first run (kept in bench/.plaza). Measures: building the index from its
owners' snapshots; queries and suggestions, one after the other and ten side by side; and how well 30 hand-made queries find
hand-written posts that are mixed in (bench/search/fixture.ts).

  --scale  part of all sizes, 0.01 to 10 (1)

With OPENSEARCH_URL in the environment the index is in OpenSearch, under the name bench-search unless OPENSEARCH_INDEX says another.
`;

const COUNT = 300;
const CLIENTS = 10;
const PAGE = 20;
const WARM_UP = 60;

const out = (line = ''): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const size = readOptions(HELP);
  if (size === null) return;
  process.env['OPENSEARCH_INDEX'] ??= 'bench-search';
  const plaza = await startBenchPlaza(size, printed(process.stdout), {
    name: 'search',
    alter: (databases) => writeMass(databases, size),
  });
  try {
    out(`machine  ${machine()}`);
    await build(plaza);
    await judge(plaza, size);
    await measure(plaza, size);
  } finally {
    await plaza.stop();
  }
}

async function build(plaza: BenchPlaza): Promise<void> {
  const before = cpu(plaza);
  await plaza.operates(rebuildSearch);
  for (;;) {
    const { isRebuilding, last } = await plaza.operates(searchBuild);
    if (!isRebuilding) {
      if (last === null) throw new Error('the index could not be built');
      const after = cpu(plaza);
      const things = last.posts + last.users;
      const rate = Math.round(things / (last.durationMs / 1_000));
      out(`\nBuilding  ${last.posts} posts, ${last.users} people in ${(last.durationMs / 1_000).toFixed(1)} s: ${rate} a second`);
      const each = (ms: number): string => (ms / things).toFixed(2);
      out(`          CPU-ms each: node ${each(after.node - before.node)}, PostgreSQL ${each(after.postgres - before.postgres)}`);
      break;
    }
    await pause(250);
  }
  await (process.env['OPENSEARCH_URL'] === undefined ? sizeInPostgres(plaza) : sizeInOpenSearch(process.env['OPENSEARCH_URL']));
}

async function sizeInPostgres(plaza: BenchPlaza): Promise<void> {
  await askOnce(plaza.databases.feed, 'VACUUM ANALYZE search_document');
  await askOnce(plaza.databases.feed, 'VACUUM ANALYZE search_name');
  const [row] = await askOnce<{ documents: string; size: string; index: string }>(
    plaza.databases.feed,
    `SELECT count(*) AS documents, pg_size_pretty(pg_total_relation_size('search_document')) AS size,
       pg_size_pretty(pg_relation_size('search_document_body_idx')) AS index FROM search_document WHERE NOT is_gone`,
  );
  out(`          ${row?.documents} documents, ${row?.size} with indexes, of which terms ${row?.index}`);
}

async function sizeInOpenSearch(url: string): Promise<void> {
  const { protocol, host, username, password } = new URL(url);
  const headers = username === '' ? {} : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  const answer = await fetch(`${protocol}//${host}/${process.env['OPENSEARCH_INDEX'] ?? ''}/_stats/docs,store`, { headers });
  const { primaries } = stats.parse(await answer.json())._all;
  out(`          ${primaries.docs.count} documents in OpenSearch, ${(primaries.store.size_in_bytes / 2 ** 20).toFixed(1)} MiB`);
}

const stats = z.object({
  _all: z.object({ primaries: z.object({ docs: z.object({ count: z.number() }), store: z.object({ size_in_bytes: z.number() }) }) }),
});

async function measure(plaza: BenchPlaza, size: Size): Promise<void> {
  const searchText = await readFile(new URL('../schema/operations/Search.graphql', import.meta.url), 'utf8');
  const suggestText = await readFile(new URL('../schema/operations/Suggest.graphql', import.meta.url), 'utf8');
  const search = (query: string): string =>
    JSON.stringify({ operationName: 'Search', query: searchText, variables: { query, first: PAGE } });
  const suggest = (prefix: string): string => JSON.stringify({ operationName: 'Suggest', query: suggestText, variables: { prefix } });
  const kinds: readonly (readonly [string, (draw: () => number) => string])[] = [
    ['one word, frequent', (draw) => search(pick(WORDS[language(draw)].slice(0, 30), draw))],
    ['one word, seldom', (draw) => search(pick(WORDS[language(draw)].slice(100), draw))],
    [
      'two words',
      (draw) => {
        const words = WORDS[language(draw)].slice(10);
        return search(`${pick(words, draw)} ${pick(words, draw)}`);
      },
    ],
    ['a phrase', (draw) => search(`"${pick(WORDS.vi.slice(0, 60), draw)} ${pick(WORDS.vi.slice(0, 60), draw)}"`)],
    ['a hashtag', (draw) => search(`#${pick(TAGS, draw)}`)],
    ['from: and operators', (draw) => search(`from:${nameOf(Math.floor(draw() * size.users)).handle} after:2026-01-05`)],
    [
      'a word with operators',
      (draw) => search(`${pick(WORDS.en.slice(40), draw)} has:photo lang:en -${pick(WORDS.en.slice(0, 20), draw)}`),
    ],
    ['a name', (draw) => search(nameOf(Math.floor(draw() * size.users)).displayName)],
  ];
  const draw = draws(99);
  const viewers = await Promise.all(Array.from({ length: 400 }, () => plaza.token(Math.floor(draw() * size.users))));
  for (let n = 0; n < WARM_UP; n += 1) await send(plaza, kinds[n % kinds.length]?.[1](draw) ?? '', viewers[n] ?? '');

  out(`\nQueries, ${PAGE} results with texts and highlights, a new viewer each`);
  const mixed: string[] = [];
  for (const [name, make] of kinds) {
    const bodies = Array.from({ length: 60 }, () => make(draw));
    mixed.push(...bodies);
    out(`  ${name.padEnd(24)} ${spread(await timed(plaza, bodies, viewers, 1))}`);
  }
  const shuffled = mixed
    .map((body) => ({ body, at: draw() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ body }) => body)
    .slice(0, COUNT);
  await report(plaza, 'all, one by one', shuffled, viewers, 1);
  await report(plaza, `all, ${CLIENTS} side by side`, shuffled, viewers, CLIENTS);

  out('\nSuggestions, 8 of them');
  const prefixes = Array.from({ length: COUNT }, (_, n) => {
    const { handle, displayName } = nameOf(Math.floor(draw() * size.users));
    const whole = [handle, displayName, `#${pick(TAGS, draw)}`, 'nguyen tran'][n % 4] ?? handle;
    return suggest([...whole].slice(0, 1 + Math.floor(draw() * 5) + (whole.startsWith('#') ? 1 : 0)).join(''));
  });
  await report(plaza, 'one by one', prefixes, viewers, 1);
  await report(plaza, `${CLIENTS} side by side`, prefixes, viewers, CLIENTS);
}

/** How many of the first k are wanted, k being how many are wanted; and where the first wanted one stands. */
async function judge(plaza: BenchPlaza, size: Size): Promise<void> {
  const text = await readFile(new URL('../schema/operations/Search.graphql', import.meta.url), 'utf8');
  const token = await plaza.token(1);
  const keyOf = new Map(FIXTURE.map(({ key }, index) => [size.posts + index, key]));
  out(
    `\nRelevance: of ${FIXTURE.length} hand-written posts in the mass, judged by hand. P = wanted ones among the first so many as are wanted,`,
  );
  out('R = wanted ones among the first 10; posts only\n');
  out('  language    query                  wanted     P     R  found beside them');
  const sums = new Map<string, { p: number; r: number; n: number }>();
  for (const { language: spoken, query, wanted } of QUERIES) {
    const answer = answers.parse(await send(plaza, JSON.stringify({ query: text, variables: { query, first: 40 } }), token));
    const found = answer.data.search.edges
      .filter(({ node }) => node.__typename === 'Post')
      .map(({ node }) => keyOf.get(numberOf(fromTypeId('post', node.id ?? '') ?? '')) ?? '(mass)');
    const hits = (first: number): number => found.slice(0, first).filter((key) => wanted.includes(key)).length;
    const [p, r] = [hits(wanted.length) / wanted.length, hits(10) / wanted.length];
    for (const name of [spoken, 'all']) {
      const sum = sums.get(name) ?? { p: 0, r: 0, n: 0 };
      sums.set(name, { p: sum.p + p, r: sum.r + r, n: sum.n + 1 });
    }
    const beside = found.slice(0, 10).filter((key) => !wanted.includes(key));
    out(
      `  ${spoken.padEnd(11)} ${padded(query, 22)} ${String(wanted.length).padStart(6)} ${p.toFixed(2).padStart(5)} ${r.toFixed(2).padStart(5)}  ${[...new Set(beside)].join(' ')}`,
    );
  }
  out();
  for (const [name, { p, r, n }] of sums)
    out(`  ${name.padEnd(11)} ${`${n} queries`.padEnd(29)} ${(p / n).toFixed(3)} ${(r / n).toFixed(3)}`);
}

const answers = z.object({
  data: z.object({
    search: z.object({ edges: z.array(z.object({ node: z.object({ __typename: z.string(), id: z.string().optional() }) })) }),
  }),
});

async function report(
  plaza: BenchPlaza,
  name: string,
  bodies: readonly string[],
  viewers: readonly string[],
  clients: number,
): Promise<void> {
  const before = cpu(plaza);
  const times = await timed(plaza, bodies, viewers, clients);
  const after = cpu(plaza);
  const each = (ms: number): string => (ms / bodies.length).toFixed(1);
  out(
    `  ${name.padEnd(24)} ${spread(times)}  CPU-ms: node ${each(after.node - before.node)}, PostgreSQL ${each(after.postgres - before.postgres)}`,
  );
}

async function timed(
  plaza: BenchPlaza,
  bodies: readonly string[],
  viewers: readonly string[],
  clients: number,
): Promise<readonly number[]> {
  const times: number[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let n = next++; n < bodies.length; n = next++) {
      const began = performance.now();
      await send(plaza, bodies[n] ?? '', viewers[n % viewers.length] ?? '');
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  return times;
}

async function send({ url }: BenchPlaza, body: string, token: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  });
  const text = await response.text();
  const answer: unknown = JSON.parse(text);
  if (!response.ok || text.includes('"errors"')) throw new Error(`refused: ${text.slice(0, 500)}`);
  return answer;
}

function cpu({ dataDir }: BenchPlaza): { readonly node: number; readonly postgres: number } {
  const { user, system } = process.cpuUsage();
  return { node: (user + system) / 1_000, postgres: postgresCpuMs(dataDir) };
}

const language = (draw: () => number): 'en' | 'vi' | 'zh' => pick(['en', 'vi', 'zh'] as const, draw);

function pick<T>(all: readonly T[], draw: () => number): T {
  const drawn = all[Math.floor(draw() * all.length)];
  if (drawn === undefined) throw new Error('nothing to pick from');
  return drawn;
}

/** A Chinese character is as wide as two letters. */
const padded = (text: string, width: number): string =>
  text +
  ' '.repeat(
    Math.max(0, width - [...text].reduce((sum, one) => sum + (/[\p{Script=Han}\p{Extended_Pictographic}]/u.test(one) ? 2 : 1), 0)),
  );

await main();
