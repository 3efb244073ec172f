/** `npm run check:reload`: see HELP. */
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Person, register } from '@plaza/testing/people';
import type { PlazaProcess } from '../plaza-process.js';
import { prove } from '../proof.js';
import type { Say } from '../say.js';
import { trusted } from '../story/documents.js';
import { Following, OWN } from './following.js';
import { all, nth } from './many.js';

const HELP = `npm run check:reload -- --swaps 10      no live subscription ends, loses or doubles anything when the supergraph is replaced

Starts a Plaza of its own on a schema folder of its own. Sockets watch posts, most of them by an upstream that they share, every fifth by one of
its own; people comment, and queries run. Meanwhile the supergraph in the folder is replaced, now and then by one that is none.

  --subscriptions 1000  on sockets with a subscription for each post
  --posts 5
  --swaps 10            supergraphs, one after the other
  --rate 5              comments a second
  --mode embedded       or processes`;

const NUMBERS = { subscriptions: 1_000, posts: 5, swaps: 10, rate: 5 };
const PEOPLE = 25;
const LOOK_MS = 50;
/** Subscriptions that begin at a time. */
const OPENING = 30;
/** Ends what hangs; how fast a machine is, it does not judge. */
const WITHIN_MS = 300_000;

const COMMENT =
  'mutation ($input: AddCommentInput!) { addComment(input: $input) { ... on AddCommentOk { comment { id } } ... on UserError { message } } }';
const READ = 'query ($id: ID!) { node(id: $id) { ... on Post { text author { handle } commentCount } } }';

const SCHEMA = fileURLToPath(new URL('../../schema/', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'plaza-schema-'));

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; !(await isSo()); await pause(LOOK_MS))
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
}

/** The graph with one more field at its root, which tells which one it is. */
const supergraphOf = (committed: string, swap: number): string =>
  committed.replace(/^type Query\n(?:  @join__type.*\n)+\{\n/mu, (head) => `${head}  swap${swap}: Int @join__field(graph: ACCOUNTS)\n`);

/** In one step, as it should be done. */
async function put(supergraph: string): Promise<void> {
  await writeFile(join(folder, 'next'), supergraph);
  await rename(join(folder, 'next'), join(folder, 'supergraph.graphql'));
}

async function check(plaza: PlazaProcess, given: Readonly<Record<keyof typeof NUMBERS, number>>, say: Say): Promise<boolean> {
  const { url } = plaza;
  const { subscriptions, posts: postCount, swaps, rate } = given;
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(new URL('/metrics', url))).text();
    return Number(new RegExp(`^${name} ([\\d.e+]+)`, 'mu').exec(text)?.[1] ?? 0);
  };
  const people = await all(PEOPLE, (n) => register(url, `person${n}`));
  const author = nth(people, 0);
  const posts = await all(postCount, (n) => author.publishes(`post ${n}`));
  const lines = await all(
    Math.ceil(subscriptions / postCount),
    async (n) => new Following(url, n % 4 === 0 ? null : nth(people, n).tokens.accessToken),
  );
  // So many at a time, as clients come and not all at once: how a storm is weathered is not what is tried.
  for (const [n, line] of lines.entries()) {
    for (const postId of posts) line.follow(postId, n % 5 === 1 ? OWN : trusted('PostActivity').body);
    const begun = (n + 1) * posts.length;
    if (line.isOver) throw new Error(`a subscription did not begin: ${line.ends[0]}`);
    await until('most to listen', async () => (await metric('plaza_gateway_subscriptions')) >= begun - OPENING);
  }
  const followed = lines.length * posts.length;
  await until('all to listen', async () => {
    const ended = lines.flatMap(({ ends }) => ends);
    if (ended.length > 0) throw new Error(`${ended.length} subscriptions did not begin, such as ${ended[0]}`);
    return (await metric('plaza_gateway_subscriptions')) >= followed;
  });
  say(
    `${followed} subscriptions of ${lines.length} sockets on ${posts.length} posts, ${await metric('plaza_gateway_shared_upstreams')} shared upstreams`,
  );

  // ── comments and queries, until told to stop ──
  const said: { readonly postId: string; readonly commentId: string }[] = [];
  let isOver = false;
  const failures: string[] = [];
  // What a machine under load could not answer in time is asked again, by its key: it is not what is tried.
  let isShed = 0;
  const comment = async (person: Person, postId: string, text: string): Promise<string> => {
    for (const idempotencyKey = randomUUID(); ; await pause(LOOK_MS)) {
      const { json, body } = await person.graphql(COMMENT, { input: { idempotencyKey, postId, text } });
      const id: unknown = json.data?.addComment?.comment?.id;
      if (typeof id === 'string') return id;
      note(body);
    }
  };
  const note = (body: string): void => {
    if (body.includes('"code":"UNAVAILABLE"')) isShed += 1;
    else failures.push(body);
  };
  const talk = async (): Promise<void> => {
    for (let n = 0; !isOver; n += 1) {
      const postId = nth(posts, n);
      said.push({ postId, commentId: await comment(nth(people, n), postId, `comment ${n}`) });
      await pause(1_000 / rate);
    }
  };
  const read = async (person: Person): Promise<void> => {
    for (; !isOver; await pause(LOOK_MS)) {
      const { status, body, json } = await person.graphql(READ, { id: nth(posts, 0) });
      if (json.errors !== undefined || status !== 200) note(body);
    }
  };
  const failed = (error: unknown): void => void failures.push(String(error));
  const busy = Promise.all([talk().catch(failed), read(nth(people, 1)).catch(failed), read(nth(people, 2)).catch(failed)]);

  // ── swaps ──
  const committed = await readFile(join(SCHEMA, 'supergraph.graphql'), 'utf8');
  const memory: number[] = [];
  for (let swap = 1; swap <= swaps; swap += 1) {
    if (swap % 4 === 2) {
      const refused = await metric('plaza_gateway_graphs_refused_total');
      await put(committed.slice(0, committed.length / 2));
      await until('half a supergraph to be refused', async () => (await metric('plaza_gateway_graphs_refused_total')) > refused);
    }
    const generation = await metric('plaza_gateway_graph_generation');
    const before = said.length;
    await put(supergraphOf(committed, swap));
    await until('it to be served', async () => (await metric('plaza_gateway_graph_generation')) > generation);
    const { json } = await author.graphql('{ __type(name: "Query") { fields { name } } }');
    if (!JSON.stringify(json).includes(`"swap${swap}"`)) failures.push(`the graph of swap ${swap} is not served`);
    // Events after the swap, too.
    await until('comments', () => said.length > before + posts.length);
    memory.push(await metric('process_resident_memory_bytes'));
    say(
      `  swap ${swap}: ${said.length} comments, ${await metric('plaza_gateway_shared_upstreams')} shared upstreams, ${Math.round((memory.at(-1) ?? 0) / 1_048_576)} MiB resident`,
    );
  }
  isOver = true;
  await busy;
  const due = posts.map((postId) => said.filter((one) => one.postId === postId).map(({ commentId }) => commentId));
  await until('everybody to have the last of each', () =>
    lines.every((line) => line.isOver || posts.every((postId, n) => line.heard(postId).includes(due[n]?.at(-1) ?? ''))),
  );

  // ── the verdict ──
  const sum = (count: (line: Following, postId: string, comments: readonly string[]) => number): number =>
    lines.reduce((all, line) => all + posts.reduce((some, postId, n) => some + count(line, postId, due[n] ?? []), 0), 0);
  const ended = lines.flatMap(({ ends }) => ends);
  const lost = sum((line, postId, comments) => comments.filter((id) => !line.heard(postId).includes(id)).length);
  const twice = sum((line, postId) => line.heard(postId).length - new Set(line.heard(postId)).size);
  const disordered = sum((line, postId, comments) => Number(line.heard(postId).join(' ') !== comments.join(' ')));
  const heard = sum((line, postId) => line.heard(postId).length);
  say(`\n${heard} events of ${said.length} comments heard under ${swaps} swaps`);
  say(`  subscriptions ended: ${ended.length}${ended.length === 0 ? '' : `, such as ${ended[0]}`}`);
  say(`  lost: ${lost}; twice: ${twice}; sequences that differ from what was said: ${disordered}`);
  say(
    `  asked again because the machine was too slow: ${isShed}; requests that failed: ${failures.length}${failures.length === 0 ? '' : `, such as ${failures[0]}`}`,
  );
  for (const line of lines) await line.close();
  const isWell = ended.length === 0 && lost === 0 && twice === 0 && disordered === 0 && failures.length === 0;
  say(isWell ? 'WELL' : 'NOT WELL');
  return isWell;
}

try {
  await cp(SCHEMA, folder, { recursive: true });
  await prove({
    help: HELP,
    numbers: NUMBERS,
    // What a machine under load takes is not what is tried.
    env: { PLAZA_SCHEMA_DIR: folder, PLAZA_LIMIT_READ_MS: '60000', PLAZA_LIMIT_WRITE_MS: '60000' },
    run: (plaza, given, { say }) => check(plaza, given, say),
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
