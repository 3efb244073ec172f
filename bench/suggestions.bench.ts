/** Trends and suggested people under load: see HELP. */
import { askOnce } from '@plaza/db/with-client';
import '@plaza/embedded/node-env';
import { readFile } from 'node:fs/promises';
import { refreshTrends } from '@plaza/calls/contracts/feed.calls';
import { printed } from '@plaza/telemetry/progress';
import { likesOf } from './dataset/draws.js';
import { sqlId } from './dataset/ids.js';
import { failureLines } from './load/failures.js';
import { Load } from './load/load.js';
import { machine } from './measure/machine.js';
import { spread } from './measure/percentiles.js';
import { readOptions, type Size } from './options.js';
import { type BenchPlaza, startBenchPlaza } from './plaza.js';

const HELP = `Usage: npm run bench:suggestions [-- --scale 0.1]

Asks for trends and five suggested people with reasons (the document schema/operations/Discover.graphql) through the gateway
over HTTP, each request for another viewer. Same dataset as bench:timeline; its likes are spread over the last 60 days here,
so that some of those whom a viewer follows are closer than others.

  --scale  part of all sizes, 0.01 to 10 (1)
`;

const WARM_UP = 50;
const ONE = 300;
const MANY = 1_000;
const CLIENTS = 20;

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
  await react(plaza, size);
  const [data] = await askOnce<{ follows: string; most: number; widest: number; reactions: string }>(
    plaza.databases.feed,
    `SELECT (SELECT count(*) FROM followee WHERE follower_id <> followee_id) AS follows, (SELECT max(follower_count) FROM author_mode) AS most,
       (SELECT max(number) FROM (SELECT count(*) AS number FROM followee GROUP BY follower_id) AS each) AS widest,
       (SELECT count(*) FROM post_reaction) AS reactions`,
  );
  out(`machine  ${machine()}`);
  out(
    `dataset  ${size.users} people, ${data?.follows} follows (one has ${data?.most} followers, one follows ${data?.widest}), ${data?.reactions} reactions`,
  );
  const query = await readFile(new URL('../schema/operations/Discover.graphql', import.meta.url), 'utf8');
  const body = JSON.stringify({ operationName: 'Discover', query });
  const step = 7_919; // a prime that divides no size
  let next = 0;
  const read = async (count: number, clients: number) => {
    const tokens = await Promise.all(Array.from({ length: count }, async () => plaza.token((next++ * step + 13) % size.users)));
    return load.home({ url: plaza.url, body, readers: tokens.map((token) => ({ token, posts: null })), clients });
  };
  await read(WARM_UP, 4);
  for (const [name, count, clients] of [
    ['1 viewer  ', Math.min(ONE, size.users / 4), 1],
    [`${CLIENTS} viewers`, Math.min(MANY, size.users / 2), CLIENTS],
  ] as const) {
    const { latencies, failures, seconds, bytes } = await read(Math.floor(count), clients);
    out(
      `  ${name}  ${spread(latencies)}  ${(latencies.length / seconds).toFixed(0)}/s  ${(bytes / 1_000).toFixed(1)} KB  n=${latencies.length}`,
    );
    for (const line of failureLines(failures)) out(line);
  }
  const start = performance.now();
  await plaza.operates(refreshTrends);
  out(`  trends worked out anew in ${Math.round(performance.now() - start)} ms`);
}

/** The dataset's likes as feed knows them, once. */
async function react({ databases }: BenchPlaza, size: Size): Promise<void> {
  await askOnce(
    databases.feed,
    `INSERT INTO post_reaction (post_id, user_id, kind, source_id, author_id, at)
     SELECT item.post_id, ${sqlId('user', 'who')}, 'LIKE', item.post_id, item.author_id, now() - make_interval(hours => (liked.post % 1440)::int)
     FROM (${likesOf(size)}) AS liked JOIN feed_item AS item ON item.post_id = ${sqlId('post', 'liked.post')} AND item.kind = 'POST'
     WHERE NOT EXISTS (SELECT FROM post_reaction) ON CONFLICT DO NOTHING`,
  );
  await askOnce(databases.feed, 'ANALYZE post_reaction, followee, feed_item, author_mode');
}

await main();
