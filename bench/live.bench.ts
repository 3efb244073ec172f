/** `npm run bench:live`: see HELP. */
import { askOnce } from '@plaza/db/with-client';
import '@plaza/embedded/node-env';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { printed } from '@plaza/telemetry/progress';
import { register } from 'prom-client';
import { type WebSocket, WebSocketServer } from 'ws';
import { idOf } from './dataset/ids.js';
import { addressesFor, Crowd, mustOpen } from './live/crowd.js';
import { sharedNow } from './live/jobs.js';
import { machine } from './measure/machine.js';
import { percentile, spread } from './measure/percentiles.js';
import { sized } from './options.js';
import { type BenchPlaza, startBenchPlaza } from './plaza.js';

const HELP = `Usage: npm run bench:live [-- --scale 0.1] [--sockets 10000] [--ramp 400] [--watchers 2]

Opens so many sockets, each of another person as far as the dataset goes, on postActivity of one post, and likes it twice a second:
how long from the like to the socket, what a socket costs in memory. Then comments at a rate that doubles until p99 is above 100 ms or this process
has no more CPU. Beside it the floor: a bare WebSocketServer of ws that sends the same text to as many sockets. Gateway, subgraphs and
watchers share the machine; latency is from before the mutation is sent to the message at the socket. It fails when the likes take more than
one upstream and one completion from the other subgraphs each: all who watch are one audience.

  --scale    part of all sizes of the dataset, 0.01 to 10 (1)
  --sockets  on the one post (10000)
  --ramp     sockets that are begun in a second (400)
  --watchers processes that hold the other ends (2)

It takes about three minutes once the dataset of its scale is there (bench/.plaza).
`;

const SECONDS = 20;
const WARM_SECONDS = 3;
const STEP_SECONDS = 5;
const LIKES_PER_SECOND = 2;
const MOST_PER_SECOND = 256;
const GOAL_MS = 100;
const FULL = 0.97;
const IDLE = 0.15;
/** A machine that others use never comes to rest. */
const SETTLED_WITHIN_MS = 15_000;

const out = (line = ''): void => void process.stdout.write(`${line}\n`);

const LIKE =
  'mutation ($id: ID!) { likePost(input: { postId: $id }) { ... on LikePostOk { post { likeCount } } ... on UserError { message } } }';
const COMMENT =
  'mutation ($id: ID!, $key: String!) { addComment(input: { idempotencyKey: $key, postId: $id, text: "A comment as long as comments are." }) { ... on AddCommentOk { comment { post { commentCount } } } ... on UserError { message } } }';
const PUBLISH =
  'mutation ($key: String!) { publishPost(input: { idempotencyKey: $key, text: "What everybody watches.", audience: PUBLIC }) { ... on PublishPostOk { post { id } } ... on UserError { message } } }';

interface Published {
  readonly publishPost: { readonly post: { readonly id: string } };
}

interface Commented {
  readonly addComment: { readonly comment: { readonly post: { readonly commentCount: number } } };
}

interface Round {
  readonly rate: number;
  readonly latencies: readonly number[];
  /** Of what was to come, from 0 to 1. */
  readonly part: number;
  /** Of this process, in parts of one core. */
  readonly cpu: number;
  readonly crowdCpu: number;
}

interface LiveOptions {
  readonly scale: string;
  readonly sockets: number;
  readonly ramp: number;
  readonly watchers: number;
}

function readLiveOptions(): LiveOptions | null {
  const { values } = parseArgs({
    options: {
      scale: { type: 'string', default: '1' },
      sockets: { type: 'string', default: '10000' },
      ramp: { type: 'string', default: '400' },
      watchers: { type: 'string', default: '2' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    out(HELP);
    return null;
  }
  const { scale } = values;
  const [sockets, ramp, watchers] = [Number(values.sockets), Number(values.ramp), Number(values.watchers)];
  if (!(sockets >= 1 && ramp >= 1 && watchers >= 1)) throw new Error('--sockets, --ramp and --watchers must be numbers from 1');
  return { scale, sockets, ramp, watchers };
}

async function main({ scale, sockets, ramp, watchers }: LiveOptions): Promise<void> {
  mustOpen(sockets + 1_000);
  const size = sized(scale);
  const plaza = await startBenchPlaza(size, printed(process.stdout));
  const crowd = new Crowd(watchers);
  try {
    out(`machine  ${machine()}`);
    out(
      `dataset  scale ${size.scale}: ${size.users} people, ${size.posts} posts, about ${size.follows} follows; ${sockets} sockets on one post, held by ${watchers} processes`,
    );
    await throughPlaza(plaza, crowd, size.users, { sockets, ramp });
    await crowd.close();
    await floor(crowd, { sockets, ramp });
  } finally {
    crowd.stop();
    await forget(plaza);
    await plaza.stop();
  }
}

interface Opening {
  readonly sockets: number;
  readonly ramp: number;
}

async function throughPlaza(plaza: BenchPlaza, crowd: Crowd, users: number, { sockets, ramp }: Opening): Promise<void> {
  const query = await readFile(new URL('../schema/operations/PostActivity.graphql', import.meta.url), 'utf8');
  const ask = async <Data>(token: string, text: string, variables: Record<string, unknown>): Promise<Data> => {
    const response = await fetch(plaza.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: text, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown }; // what the three documents above ask for
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };
  const { publishPost } = await ask<Published>(await plaza.token(0), PUBLISH, { key: `bench-live-${Date.now()}` });
  const { id } = publishPost.post;
  const tokens = await Promise.all(Array.from({ length: sockets }, (_, n) => plaza.token(n % users)));

  const before = await memory();
  const began = performance.now();
  const opened = await crowd.open({
    url: plaza.url.replace('http', 'ws'),
    subscription: { query, variables: { postId: id } },
    addresses: addressesFor(sockets),
    perSecond: ramp,
    tokens,
  });
  const seconds = (performance.now() - began) / 1_000;
  await settled();
  if (opened.failures.length > 0) out(`  ${opened.failures.length} did not open, such as ${opened.failures[0]}`);
  const after = await memory();
  out(
    `\nThrough Plaza, ${await gauge('plaza_gateway_shared_upstreams')} upstream for ${await gauge('plaza_gateway_subscriptions')} subscriptions`,
  );
  out(`  ${opened.sockets} sockets subscribed in ${seconds.toFixed(1)} s: ${(opened.sockets / seconds).toFixed(0)} a second`);
  out(
    `  memory per socket  ${perSocket(before.heap, after.heap, opened.sockets)} heap and buffers, ${perSocket(before.rss, after.rss, opened.sockets)} resident`,
  );

  let liked = 0;
  let commented = 0;
  const like = async (): Promise<number> => {
    liked += 1;
    const mine = liked;
    await ask(tokens[mine % tokens.length] ?? '', LIKE, { id });
    return mine;
  };
  const comment = async (): Promise<number> => {
    commented += 1;
    const variables = { id, key: `bench-live-${id}-${commented}` };
    const { addComment } = await ask<Commented>(tokens[commented % tokens.length] ?? '', COMMENT, variables);
    return addComment.comment.post.commentCount;
  };
  await rounds('likes', LIKES_PER_SECOND, WARM_SECONDS, crowd, opened.sockets, like);
  const likesBefore = await counted(liked);
  report(await rounds('likes', LIKES_PER_SECOND, SECONDS, crowd, opened.sockets, like));
  const isShared = shared(likesBefore, await counted(liked));
  const saturation: Round[] = [];
  for (let rate = 4; rate <= MOST_PER_SECOND; rate *= 2) {
    const round = await rounds('comments', rate, STEP_SECONDS, crowd, opened.sockets, comment);
    report(round);
    saturation.push(round);
    if (isOver(round)) break;
  }
  saturated(saturation, opened.sockets);
  if (!isShared) throw new Error('There was more than one upstream, or more than one completion of an event, for one audience.');
}

interface Counted {
  readonly likes: number;
  /** Upstreams that were opened so far; those that several share, now. */
  readonly opened: number;
  readonly shared: number;
  /** Events that were completed from the other subgraphs so far, by whichever upstream. */
  readonly completed: number;
}

const counted = async (likes: number): Promise<Counted> => ({
  likes,
  opened: await gauge('plaza_gateway_upstreams_opened_total'),
  shared: await gauge('plaza_gateway_shared_upstreams'),
  completed: await gauge('plaza_gateway_live_events_total'),
});

/** Says what the likes took between two counts. @returns whether all were told by one upstream, completed once each */
function shared(before: Counted, after: Counted): boolean {
  const [likes, opened, completed] = [after.likes - before.likes, after.opened - before.opened, after.completed - before.completed];
  out(
    `  ${likes} likes took ${after.shared} upstream and ${opened} that were opened meanwhile, ${completed} completions (at most one each)`,
  );
  return after.shared === 1 && opened === 0 && completed <= likes;
}

/** The same number of sockets, the same text, nothing around it. */
async function floor(crowd: Crowd, { sockets, ramp }: Opening): Promise<void> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  const all = new Set<WebSocket>();
  server.on('connection', (socket) => all.add(socket));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const before = await memory();
  const url = `ws://127.0.0.1:${port}`;
  const opened = await crowd.open({
    url,
    subscription: null,
    addresses: addressesFor(sockets),
    perSecond: ramp * 4,
    tokens: Array.from({ length: sockets }, () => null),
  });
  await settled();
  const after = await memory();
  out(`\nThe floor: ws alone`);
  out(
    `  memory per socket  ${perSocket(before.heap, after.heap, opened.sockets)} heap and buffers, ${perSocket(before.rss, after.rss, opened.sockets)} resident`,
  );
  let number = 0;
  const send = async (): Promise<number> => {
    number += 1;
    const text = `{"id":"1","type":"next","payload":{"data":{"postActivity":{"cursor":"${'c'.repeat(80)}","comment":{"id":"comment_01h2xcejqtf2nbrexx3vqjhp41","text":"A comment as long as comments are.","author":{"handle":"somebody","avatar":null}},"commentCount":${number}}}}}`;
    for (const socket of all) socket.send(text);
    return number;
  };
  report(await rounds('messages', LIKES_PER_SECOND, STEP_SECONDS, crowd, opened.sockets, send));
  const saturation: Round[] = [];
  for (let rate = 4; rate <= MOST_PER_SECOND; rate *= 2) {
    const round = await rounds('messages', rate, STEP_SECONDS, crowd, opened.sockets, send);
    report(round);
    saturation.push(round);
    if (isOver(round)) break;
  }
  saturated(saturation, opened.sockets);
  await crowd.close();
  server.close();
  http.close();
}

/** Does it so often a second for so many seconds. `act` answers with the number that its message bears. */
async function rounds(
  name: string,
  rate: number,
  seconds: number,
  crowd: Crowd,
  sockets: number,
  act: () => Promise<number>,
): Promise<Round & { readonly name: string }> {
  await crowd.heard(name, {});
  const since: Record<number, number> = {};
  const began = performance.now();
  const cpu = process.cpuUsage();
  const acting: Promise<void>[] = [];
  for (let n = 0; n < rate * seconds; n += 1) {
    const due = began + (n * 1_000) / rate;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    const at = sharedNow();
    acting.push(
      act().then((number) => {
        since[number] = at;
      }),
    );
    // A writer who cannot keep up does not pile up.
    if (acting.length % 8 === 0) await acting.at(-8);
  }
  await Promise.all(acting);
  const took = performance.now() - began;
  const used = process.cpuUsage(cpu);
  await pause(Math.max(1_000, Math.min(3_000, took / 5)));
  const { latencies, came, cpuMs } = await crowd.heard(name, since);
  const due = Object.keys(since).length * sockets;
  return {
    name,
    rate: (rate * seconds * 1_000) / took,
    latencies,
    part: came / due,
    cpu: (used.user + used.system) / 1_000 / took,
    crowdCpu: cpuMs / took,
  };
}

const isOver = ({ latencies, cpu, part }: Round): boolean => percentile(latencies, 0.99) > GOAL_MS || cpu > FULL || part < 0.99;

function report({ name, rate, latencies, part, cpu, crowdCpu }: Round & { readonly name: string }): void {
  const came = part >= 1 ? '' : `  ${(part * 100).toFixed(1)} % came`;
  out(
    `  ${rate.toFixed(1).padStart(5)} ${name} a second  ${spread(latencies)}  CPU ${cpu.toFixed(2)} here, ${crowdCpu.toFixed(2)} watchers${came}`,
  );
}

function saturated(rounds: readonly Round[], sockets: number): void {
  const best = rounds.filter((round) => !isOver(round)).at(-1);
  const last = rounds.at(-1);
  if (last === undefined) return;
  const kept =
    best === undefined ? 'none of these rates' : `${best.rate.toFixed(0)} a second, ${Math.round(best.rate * sockets)} deliveries`;
  out(`  p99 within ${GOAL_MS} ms up to ${kept}; the last step delivered ${Math.round(last.rate * sockets * last.part)} a second`);
}

const perSocket = (before: number, after: number, sockets: number): string => `${((after - before) / sockets / 1_024).toFixed(1)} KB`;

const gauge = async (name: string): Promise<number> => (await register.getSingleMetric(name)?.get())?.values[0]?.value ?? 0;

/** After collections: what the first one frees may hold on to more. */
async function memory(): Promise<{ readonly heap: number; readonly rss: number }> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // made by the flag
  for (let times = 0; times < 3; times += 1) {
    collect();
    await pause(300);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

/** Until nothing is left to be done, or it will not come to that. */
async function settled(): Promise<void> {
  for (const until = performance.now() + SETTLED_WITHIN_MS; performance.now() < until;) {
    const before = performance.eventLoopUtilization();
    await pause(500);
    if (performance.eventLoopUtilization(before).utilization < IDLE) return;
  }
}

/** The dataset is as before, for the next run. */
async function forget({ databases }: BenchPlaza): Promise<void> {
  const isOfDataset = (column: string): string => `${column}::text LIKE '${idOf('post', 0).slice(0, -12)}%'`;
  await askOnce(databases.content, `DELETE FROM post WHERE NOT ${isOfDataset('id')}`);
  await askOnce(databases.feed, `DELETE FROM feed_item WHERE NOT ${isOfDataset('post_id')}`);
  for (const table of ['post_activity', 'post_like', 'comment', 'post_stat'])
    await askOnce(databases.social, `DELETE FROM ${table} WHERE NOT ${isOfDataset('post_id')}`).catch((error: unknown) =>
      out(`  ${table}: ${String(error)}`),
    );
}

const options = readLiveOptions();
if (options !== null) await main(options);
