/** `npm run check:live`: see HELP. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SealedCursors } from '@plaza/auth/sealed-cursor';
import { openDatabase } from '@plaza/db/database';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { type Person, Refused, register } from '@plaza/testing/people';
import type { PlazaProcess } from '../plaza-process.js';
import { prove } from '../proof.js';
import type { Say } from '../say.js';
import { all, inTurns, nth, one } from './many.js';
import { Times } from './times.js';
import { type Case, type Fault, type LogLine, overlooked, verdictOf } from './verdict.js';
import { type Ends, Viewer } from './viewer.js';

const HELP = `npm run check:live -- --minutes 10      loses, doubles, disorders or shows too much: nothing of it may happen

Starts a Plaza of its own. Viewers watch posts while people like, comment, edit, delete, block and change audiences; sockets are cut and the server is
killed at random. Afterwards what each viewer received is compared with the log in the database.

  --minutes 10     how long
  --viewers 200    with a socket each
  --posts 50       one of them hot
  --watching 5     posts that each viewer watches, the hot one among them
  --rate 20        things done a second
  --cuts 3         sockets cut a second
  --kills 2        kills of the server a minute, at random moments
  --slack 6000     milliseconds that an event may be on its way to a viewer from whom it is hidden meanwhile: what is decided of it holds for five
                   seconds (gateway/src/live/channels.ts), and a machine that is busy needs a moment to deliver and to read it
  --mode embedded  or processes`;

const AUTHORS = 5;

const NUMBERS = { minutes: 10, viewers: 200, posts: 50, watching: 5, rate: 20, cuts: 3, kills: 2, slack: 6_000 };

const pairOf = (a: string, b: string): string => [a, b].toSorted().join(' ');
const shown = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

interface Post {
  readonly id: string;
  readonly uuid: string;
  readonly author: Person;
  revision: number;
  isOpen: boolean;
}

async function check(plaza: PlazaProcess, given: Readonly<Record<keyof typeof NUMBERS, number>>, say: Say): Promise<boolean> {
  const { minutes, viewers: viewerCount, posts: postCount, watching, rate, cuts, kills, slack } = given;
  const url = plaza.url;
  const authors = await all(AUTHORS, (n) => register(url, `author${n}`));
  const people = await all(viewerCount, (n) => register(url, `viewer${n}`));
  // Those who follow everybody stay out of blocks with authors: a narrow audience is theirs, and stays so.
  const followers = people.filter((_person, n) => n % 3 === 0);
  const others = people.filter((_person, n) => n % 3 !== 0);
  await inTurns(followers, async (person) => {
    for (const author of authors) await person.follows(author);
  });
  const posts = await all(postCount, async (n): Promise<Post> => {
    const author = nth(authors, n);
    const id = await author.publishes(`post ${n}`);
    return { id, uuid: fromTypeId('post', id) ?? '', author, revision: 1, isOpen: true };
  });
  const hot = nth(posts, 0);
  say(
    `${people.length} viewers, ${posts.length} posts, ${authors.length} authors; ${minutes} min, ${rate}/s, ${cuts} cuts/s, ${kills} kills/min`,
  );

  const ends: Ends = new Map();
  const starts = new Map<string, string>();
  for (const { id, author } of posts) {
    const { json } = await author.graphql('query ($id: ID!) { node(id: $id) { ... on Post { activityCursor } } }', { id });
    starts.set(id, json.data.node.activityCursor);
  }
  const viewers = people.map((person) => new Viewer(url, person, ends));
  const running: Promise<void>[] = [];
  for (const [n, viewer] of viewers.entries()) {
    const mine = new Set([hot, ...Array.from({ length: watching - 1 }, (_, k) => nth(posts, n * (watching - 1) + k + 1))]);
    for (const post of mine) running.push(viewer.watch(post.id, starts.get(post.id) ?? ''));
  }

  // ── what happens ──
  const blocks = new Times();
  const closed = new Times();
  const said: { id: string; postId: string; author: Person; isGone: boolean }[] = [];
  const done = { likes: 0, comments: 0, edits: 0, deletions: 0, blocks: 0, audiences: 0, cuts: 0, kills: 0, refused: 0 };
  const refusals = new Map<string, number>();
  const refuse = (error: unknown): void => {
    const why = error instanceof Refused ? error.code : error instanceof TypeError ? 'no connection' : String(error).slice(0, 160);
    refusals.set(why, (refusals.get(why) ?? 0) + 1);
    done.refused += 1;
  };
  const until = Date.now() + minutes * 60_000;
  const isOn = (): boolean => Date.now() < until;

  async function act(): Promise<void> {
    const person = one(people);
    const post = Math.random() < 0.3 ? hot : one(posts);
    const dice = Math.random();
    if (dice < 0.35) {
      await person.likes(post.id);
      done.likes += 1;
    } else if (dice < 0.5) {
      await person.unlikes(post.id);
      done.likes += 1;
    } else if (dice < 0.85 || said.length === 0) {
      said.push({
        id: await person.comments(post.id, `${person.handle} says ${done.comments}`),
        postId: post.id,
        author: person,
        isGone: false,
      });
      done.comments += 1;
    } else {
      const comment = one(said);
      if (comment.isGone) return;
      if (dice < 0.92) {
        await comment.author.does('EditComment', { commentId: comment.id, text: `edited ${done.edits}` });
        done.edits += 1;
      } else {
        comment.isGone = true;
        await comment.author.does('DeleteComment', { commentId: comment.id });
        done.deletions += 1;
      }
    }
  }

  /** Again until it was answered, because what was not may have happened. */
  async function insist(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch {
        await pause(100);
      }
    }
  }

  const blocked: { by: Person; whom: Person; pair: string }[] = [];
  async function blockOrUnblock(): Promise<void> {
    if (blocked.length > 30 || (blocked.length > 0 && Math.random() < 0.4)) {
      const [{ by, whom, pair } = nth(blocked, 0)] = blocked.splice(Math.floor(Math.random() * blocked.length), 1);
      await blocks.end(pair, () => insist(() => by.unblocks(whom)));
      return;
    }
    const [by, whom] = Math.random() < 0.2 ? [one(authors), one(others)] : [one(others), one(people)];
    const pair = pairOf(by.id, whom.id);
    if (by.id === whom.id || blocked.some((other) => other.pair === pair)) return;
    blocked.push({ by, whom, pair });
    done.blocks += 1;
    await blocks.begin(pair, () => insist(() => by.blocks(whom)));
  }

  async function turnAudience(post: Post): Promise<void> {
    const audience = post.isOpen ? 'FOLLOWERS' : 'PUBLIC';
    const work = () =>
      insist(async () => {
        const { json } = await post.author.graphql('query ($id: ID!) { node(id: $id) { ... on Post { revision audience } } }', {
          id: post.id,
        });
        if (json.data.node.audience !== audience) await post.author.edits(post.id, { expectedRevision: json.data.node.revision, audience });
      });
    await (post.isOpen ? closed.begin(post.id, work) : closed.end(post.id, work));
    post.isOpen = !post.isOpen;
    done.audiences += 1;
  }

  const every = async (perSecond: number, work: () => Promise<unknown>): Promise<void> => {
    const open = new Set<Promise<unknown>>();
    while (perSecond > 0 && isOn()) {
      await pause((1_000 / perSecond) * (0.5 + Math.random()));
      if (open.size > 100) continue;
      const doing: Promise<unknown> = work()
        .catch(refuse)
        .finally(() => open.delete(doing));
      open.add(doing);
    }
    await Promise.all(open);
  };
  const oneByOne = async (perSecond: number, work: () => Promise<unknown>): Promise<void> => {
    while (perSecond > 0 && isOn()) {
      await pause((1_000 / perSecond) * (0.5 + Math.random()));
      await work();
    }
  };
  const arrived = (): number =>
    viewers.reduce((sum, { arrivals }) => sum + [...arrivals.values()].reduce((some, { length }) => some + length, 0), 0);
  const report = async (): Promise<void> => {
    const left = Math.max(0, Math.round((until - Date.now()) / 1_000));
    say(`  ${String(left).padStart(4)} s left: ${arrived()} events received; ${shown(done)}`);
  };

  await Promise.all([
    every(rate, act),
    every(cuts, async () => {
      one(viewers).cut();
      done.cuts += 1;
    }),
    oneByOne(1, blockOrUnblock),
    oneByOne(0.5, () => turnAudience(one(posts.slice(0, Math.ceil(posts.length / 3))))),
    oneByOne(kills / 60, async () => {
      await plaza.kill();
      await plaza.start();
      done.kills += 1;
    }),
    oneByOne(0.1, report),
  ]);

  // ── peace: everybody may see everything again, and a last like and word under each post are for all ──
  say('peace');
  for (const { by, whom, pair } of blocked) await blocks.end(pair, () => insist(() => by.unblocks(whom)));
  for (const post of posts) if (!post.isOpen) await turnAudience(post);
  for (const { id, author } of posts) {
    await insist(() => author.unlikes(id));
    await insist(() => author.likes(id));
  }
  const last = new Map<string, string>();
  for (const { id, author } of posts) await insist(async () => last.set(id, await author.comments(id, 'the last word')));
  const isThrough = (): boolean =>
    viewers.every(({ arrivals }) =>
      [...arrivals].every(([postId, came]) => came.some(({ told }) => told.comment?.id === last.get(postId))),
    );
  for (let waited = 0; waited < 60_000 && !isThrough(); waited += 100) await pause(100);
  const isComplete = isThrough();
  await Promise.all(viewers.map((viewer) => viewer.leave()));
  await Promise.all(running);

  // ── the verdict ──
  const cursors = new SealedCursors(Buffer.from((await readFile(join(plaza.folder, 'secrets', 'internal-secret'), 'utf8')).trim(), 'hex'));
  const logs = await logsOf(plaza.folder, posts);
  const faults = new Map<Fault, number>();
  const examples: string[] = [];
  const count = (fault: Fault, example: string): void => {
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
    if ((faults.get(fault) ?? 0) <= 5) examples.push(`${fault}: ${example}`);
  };
  const blind = new Set<Fault>();
  let planted = 0;
  const inFlight: number[] = [];
  let resyncs = 0;
  for (const { person, arrivals } of viewers) {
    for (const post of posts.filter(({ id }) => arrivals.has(id))) {
      const came = arrivals.get(post.id) ?? [];
      resyncs += came.filter(({ told }) => told.reason !== undefined).length;
      const positionOf = (cursor: string): number => (cursors.open(`post ${post.uuid}`, null, cursor) as { seq: number }).seq;
      const received = came.map(({ told, at, attempt }) => ({ position: positionOf(told.cursor), told, at, attempt }));
      const log = logs.get(post.uuid) ?? [];
      const pair = (actorId: string): string => pairOf(person.id, actorId);
      const isFollower = followers.includes(person);
      const hiddenFor = (actorId: string, at: number): number =>
        Math.max(blocks.heldFor(pair(actorId), at), blocks.heldFor(pair(post.author.id), at), isFollower ? 0 : closed.heldFor(post.id, at));
      const seen: Case = {
        start: positionOf(starts.get(post.id) ?? ''),
        log,
        received,
        hiddenFor,
        // Blocked by the post's author, a viewer may be passed over as well as sent away.
        mayHaveBeenHidden: (actorId, from, to) =>
          [actorId, post.author.id].some((id) => blocks.mayHaveHeld(pair(id), from - slack, to + slack)),
        postHiddenFor: (at) => hiddenFor(post.author.id, at),
        slack,
      };
      const { faults: found, hidden } = verdictOf(seen);
      inFlight.push(...hidden.values());
      const missed = found.length === 0 ? overlooked(seen) : null;
      if (missed !== null) planted += 1;
      for (const fault of missed ?? []) blind.add(fault);
      for (const { fault, position } of found) {
        const line = log.find((other) => other.position === position);
        count(
          fault,
          `${person.handle} ${post.id} at ${position} ${line?.kind ?? ''}, hidden for ${Math.round(hidden.get(position) ?? 0)} ms; received ${received
            .filter((one) => Math.abs(one.position - position) < 6)
            .map((one) => `${one.position} (subscription ${one.attempt}, +${Math.round(one.at - (line?.at ?? 0))} ms)`)
            .join(' ')}`,
        );
      }
    }
  }
  const written = new Set([...logs.values()].flat().flatMap(({ commentId }) => (commentId === null ? [] : [commentId])));
  const unwritten = said.filter(({ id }) => !written.has(id)).length;
  const holes = [...logs.values()].filter((log) => log.some(({ position }, index) => position !== index + 1)).length;
  const lines = [...logs.values()].reduce((sum, log) => sum + log.length, 0);

  say(`\n${arrived()} events received by ${viewers.length} viewers of ${lines} lines under ${posts.length} posts; ${shown(done)}`);
  say(`subscriptions ended: ${[...ends].map(([end, times]) => `${times} ${end}`).join('; ')}`);
  say(`not done: ${[...refusals].map(([why, times]) => `${times} ${why}`).join('; ')}`);
  for (const fault of ['lost', 'twice', 'out of order', 'not theirs to see', 'not what the log says'] as const)
    say(`  ${fault}: ${faults.get(fault) ?? 0}`);
  const latest = inFlight.length === 0 ? '' : `, the latest ${Math.round(Math.max(...inFlight))} ms after it`;
  say(`  on their way when the answer came that hides them: ${inFlight.length}${latest}; resyncs: ${resyncs}`);
  say(
    `  acknowledged comments that are in no log: ${unwritten}; logs with holes: ${holes}; everybody has the last word: ${isComplete ? 'yes' : 'NO'}`,
  );
  say(`  faults planted into ${planted} of the sequences: ${blind.size === 0 ? 'all found' : `NOT FOUND: ${[...blind].join(', ')}`}`);
  for (const example of examples) say(`  ${example}`);
  const isWell = faults.size === 0 && planted > 0 && blind.size === 0 && unwritten === 0 && holes === 0 && isComplete && resyncs === 0;
  say(isWell ? 'WELL' : 'NOT WELL');
  return isWell;
}

async function logsOf(folder: string, posts: readonly Post[]): Promise<ReadonlyMap<string, readonly LogLine[]>> {
  const socket = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[4] ?? '';
  const database = openDatabase({
    url: `postgresql://plaza@${encodeURIComponent(socket)}/plaza_social`,
    prisma: () => ({ $disconnect: async () => {} }),
  });
  try {
    const rows = await database.sql<Omit<LogLine, 'at'> & { postId: string; createdAt: Date }>`
      SELECT post_id AS "postId", position, kind, actor_id AS "actorId", comment_id AS "commentId", like_count AS "likeCount",
        comment_count AS "commentCount", created_at AS "createdAt"
      FROM post_activity ORDER BY post_id, position`;
    const logs = new Map(posts.map(({ uuid }) => [uuid, new Array<LogLine>()]));
    for (const { postId, createdAt, actorId, commentId, ...line } of rows) {
      const actor = toTypeId('user', actorId);
      const comment = commentId === null ? null : toTypeId('comment', commentId);
      logs.get(postId)?.push({ ...line, actorId: actor, commentId: comment, at: createdAt.getTime() });
    }
    return logs;
  } finally {
    await database.close();
  }
}

await prove({ help: HELP, numbers: NUMBERS, run: (plaza, given, { say }) => check(plaza, given, say) });
