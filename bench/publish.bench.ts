/** `npm run bench:publish`: see HELP. */
import { askOnce } from '@plaza/db/with-client';
import '@plaza/embedded/node-env';
import { readFile } from 'node:fs/promises';
import { printed } from '@plaza/telemetry/progress';
import { failureLines } from './load/failures.js';
import type { PublishResult } from './load/jobs.js';
import { Load } from './load/load.js';
import { built } from './measure/database.js';
import { machine } from './measure/machine.js';
import { spread } from './measure/percentiles.js';
import { idOf, numberOf } from './dataset/ids.js';
import { readOptions, type Size } from './options.js';
import { type BenchPlaza, startBenchPlaza } from './plaza.js';

const HELP = `Usage: npm run bench:publish [-- --scale 0.1] [--wide]

Publishes posts through the gateway over HTTP and looks for each in the home feed of somebody who follows the author and has a
kept timeline: how long until the post is acknowledged, and from then on how long until the follower sees it. A fifth of the
authors is pulled, the others are pushed to all their followers with a kept timeline. Same dataset as bench:timeline.
First, fan-out alone: the pushed authors with most followers publish, all of whom have kept timelines, until every entry stands.

  --scale  part of all sizes, 0.01 to 10 (1)
  --wide   ten times as many people, who follow a tenth as many each
`;

const POSTS = 300;
const CLIENTS = 4;
const READERS = 400;
const PULLED_PART = 0.2;
const FANNED = { authors: 4, postsEach: 10 };

const out = (line = ''): void => void process.stdout.write(`${line}\n`);

const HOME = `query { me { homeFeed(first: 10) { edges { node { ... on Post { id } } } } } }`;

async function main(): Promise<void> {
  const size = readOptions(HELP);
  if (size === null) return;
  const plaza = await startBenchPlaza(size, printed(process.stdout));
  const load = new Load();
  try {
    await bench(plaza, load, size);
  } finally {
    await forgetPublished(plaza);
    load.stop();
    await plaza.stop();
  }
}

async function bench(plaza: BenchPlaza, load: Load, size: Size): Promise<void> {
  out(`machine  ${machine()}`);
  const readers = Math.min(READERS, Math.floor(size.users / 5));
  const publish = await readFile(new URL('../schema/operations/Publish.graphql', import.meta.url), 'utf8');
  const home = JSON.stringify({ query: HOME });
  const publishBody = JSON.stringify({
    operationName: 'Publish',
    query: publish,
    variables: { input: { idempotencyKey: 'KEY', text: 'A note with #words and more of them.', audience: 'PUBLIC' } },
  });
  const run = async (pairs: readonly Pair[]) =>
    load.publish({
      url: plaza.url,
      publishBody,
      homeBody: home,
      clients: CLIENTS,
      pairs: await Promise.all(
        pairs.map(async ({ author, follower }) => ({ author: await plaza.token(author), follower: await plaza.token(follower) })),
      ),
    });

  await fanOut(plaza, size, run);
  await keepTimelines(plaza, readers);
  const [pushed, pulled] = [await pairsOf(plaza, 'PUSH', POSTS * (1 - PULLED_PART)), await pairsOf(plaza, 'PULL', POSTS * PULLED_PART)];
  await run(pushed.slice(0, 40));
  out(`\nPublishing, ${CLIENTS} side by side, ${readers} readers with kept timelines`);
  for (const [name, pairs] of [
    ['pushed authors', pushed],
    ['pulled authors', pulled],
  ] as const) {
    const { acknowledged, seen, failures } = await run(pairs);
    out(`  ${name}  acknowledged     ${spread(acknowledged)}  n=${acknowledged.length}`);
    out(`  ${name}  then in the feed ${spread(seen)}`);
    for (const line of failureLines(failures)) out(line);
  }
}

/** The pushed authors with most followers publish, until every entry stands. */
async function fanOut(plaza: BenchPlaza, size: Size, run: (pairs: readonly Pair[]) => Promise<PublishResult>): Promise<void> {
  const most = await mostFollowed(plaza);
  await keepTimelines(plaza, size.users, `followee_id = ANY (ARRAY[${most.map((n) => `'${idOf('user', n)}'`).join(', ')}]::uuid[])`);
  const pairs = most.map((author) => ({ author, follower: author }));
  await run(pairs);
  await plaza.settled();
  await built(plaza.databases.feed);
  const before = await entriesOf(plaza);
  const began = performance.now();
  const { failures } = await run(Array.from({ length: FANNED.postsEach }, () => pairs).flat());
  await plaza.settled();
  await built(plaza.databases.feed);
  const seconds = (performance.now() - began) / 1_000;
  const { entries, readers } = await entriesOf(plaza);
  const written = entries - before.entries;
  out(`\nFan-out, ${most.length * FANNED.postsEach} posts by ${most.length} authors with ${readers} kept timelines of followers`);
  out(`  ${written} entries in ${seconds.toFixed(1)} s: ${(written / seconds).toFixed(0)}/s`);
  for (const line of failureLines(failures)) out(line);
}

async function entriesOf({ databases }: BenchPlaza): Promise<{ readonly entries: number; readonly readers: number }> {
  const [row] = await askOnce<{ entries: string; readers: string }>(
    databases.feed,
    `SELECT count(*) AS entries, count(DISTINCT user_id) AS readers FROM timeline_entry WHERE NOT ${isOfDataset('post_id')}`,
  );
  return { entries: Number(row?.entries), readers: Number(row?.readers) };
}

interface Pair {
  readonly author: number;
  readonly follower: number;
}

const isOfDataset = (column: string): string => `${column}::text LIKE '${idOf('post', 0).slice(0, -12)}%'`;

/** The dataset is as before, for the next run: what was published is not counted among it. */
async function forgetPublished({ databases }: BenchPlaza): Promise<void> {
  await askOnce(databases.content, `DELETE FROM post WHERE NOT ${isOfDataset('id')}`);
  await askOnce(databases.social, `DELETE FROM post_stat WHERE NOT ${isOfDataset('post_id')}`);
  await askOnce(databases.feed, `DELETE FROM feed_item WHERE NOT ${isOfDataset('post_id')}`);
}

/** The pushed authors with most followers. */
async function mostFollowed({ databases }: BenchPlaza): Promise<readonly number[]> {
  const rows = await askOnce<{ author: string }>(
    databases.feed,
    `SELECT author_id AS author FROM author_mode WHERE mode = 'PUSH' ORDER BY follower_count DESC, author_id LIMIT ${FANNED.authors}`,
  );
  return rows.map(({ author }) => numberOf(author));
}

/** Gives so many people a timeline as if they had just read. */
async function keepTimelines(
  { databases }: BenchPlaza,
  readers: number,
  who = 'hashtextextended(follower_id::text, 1) % 7 = 0',
): Promise<void> {
  await askOnce(databases.feed, 'TRUNCATE reader, timeline_entry, refresh_task');
  await askOnce(
    databases.feed,
    `WITH reader AS (
       INSERT INTO reader (user_id, last_seen_at)
       SELECT DISTINCT follower_id, now() FROM followee WHERE ${who} LIMIT ${readers} RETURNING user_id
     ) INSERT INTO refresh_task (kind, user_id) SELECT 'READER', user_id FROM reader`,
  );
  await built(databases.feed);
}

/** Authors in a mode, each with a follower who has a timeline; no two pairs share an author. */
async function pairsOf({ databases }: BenchPlaza, mode: 'PUSH' | 'PULL', count: number): Promise<readonly Pair[]> {
  const rows = await askOnce<{ author: string; follower: string }>(
    databases.feed,
    `SELECT DISTINCT ON (mode.author_id) mode.author_id AS author, follow.follower_id AS follower
     FROM author_mode AS mode JOIN followee AS follow ON follow.followee_id = mode.author_id AND follow.follower_id <> mode.author_id
     JOIN reader ON reader.user_id = follow.follower_id
     WHERE mode.mode = '${mode}' ORDER BY mode.author_id, follow.follower_id LIMIT ${Math.round(count)}`,
  );
  return rows.map(({ author, follower }) => ({ author: numberOf(author), follower: numberOf(follower) }));
}

await main();
