/** `npm run check:restore`: see HELP. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, Person, register } from '@plaza/testing/people';
import { silent } from '@plaza/telemetry/progress';
import { backup } from '../../infra/backup/backup.js';
import { countsOf, differences } from '../../infra/backup/counts.js';
import { restore } from '../../infra/backup/restore.js';
import { sendByTus, startUpload, sunset, watchMedia } from '../media/upload.js';
import { PlazaProcess } from '../plaza-process.js';
import { prove } from '../proof.js';
import { type Say, seconds } from '../say.js';
import { does, fill, look, messagesOf, signedIn } from './little-world.js';

const HELP = `npm run check:restore -- --writers 4 --worlds 2      what was saved is there again

Starts a Plaza of its own and fills it: people, posts, a photo, orders, messages. While writers go on posting, liking and writing messages it is saved,
and restored into an empty folder on which another Plaza starts. There: all that was acknowledged before the copy began; of what was written meanwhile
everything up to one moment and nothing after it, in every database; everybody's password, session and photo. Then the first one is stopped and saved
once more: counts and hashes of every table are the same in the source and in what is restored of it.

  --writers 4      while it is saved
  --worlds 2       of two people each, before
  --mode embedded  or processes`;

/** Each round of a writer goes through three databases, one after another: a post, a like of it, a message about it. */
interface Round {
  readonly post: string;
  readonly message: string;
}

interface Writer {
  readonly person: Person;
  readonly rounds: Round[];
  readonly chat: string;
}

interface Load {
  readonly count: number;
  readonly wanted: number;
  readonly say: Say;
}

async function underLoad(plaza: PlazaProcess, room: string, { count, wanted, say }: Load): Promise<readonly string[]> {
  const worlds = await Promise.all(Array.from({ length: wanted }, async () => fill(plaza.url)));
  const photographer = await register(plaza.url, 'photographer');
  const photo = await photoOf(photographer, plaza.url);
  const before = await Promise.all(worlds.map(async (world) => look(world.binh, world)));
  const writers = await Promise.all(Array.from({ length: count }, async () => writerAt(plaza.url)));
  let isOver = false;
  const writing = writers.map(async (writer) => {
    while (!isOver) await writeRound(writer);
  });
  const failed = Promise.all(writing).then(() => undefined);
  failed.catch(() => undefined); // awaited below
  const reached = async (rounds: number): Promise<void> => {
    while (writers.some((writer) => writer.rounds.length < rounds))
      await Promise.race([failed, new Promise((done) => void setTimeout(done, 20))]);
  };
  await reached(3);
  const acknowledged = writers.map(({ rounds }) => rounds.length);
  const [to, keyFile] = [join(room, 'busy'), join(room, 'busy.key')];
  const began = performance.now();
  const manifest = await backup({ dataDir: plaza.folder, to, keyFile, postgresUrl: undefined, isChecked: true, progress: silent });
  const atEnd = writers.map(({ rounds }) => rounds.length);
  await reached(Math.max(...atEnd) + 2);
  isOver = true;
  await failed;
  const { size } = await stat(join(to, 'postgres.tar.gz'));
  const rounds = `${String(sum(acknowledged))} rounds before it, ${String(sum(atEnd) - sum(acknowledged))} meanwhile`;
  say(
    `saved in ${seconds(performance.now() - began)} with a check, ${rounds}: ${(size / 2 ** 20).toFixed(1)} MiB, ${String(manifest.objects.count)} objects`,
  );

  const dataDir = join(room, 'again');
  const since = performance.now();
  await restore({ from: to, dataDir, keyFile, progress: silent });
  const again = await PlazaProcess.on(dataDir, 'embedded', { LOG_LEVEL: 'silent' });
  try {
    say(`restored and started in ${seconds(performance.now() - since)}`);
    const faults: string[] = [];
    for (const [i, world] of worlds.entries()) {
      const binh = await signedIn(again.url, world.binh);
      if ((await look(binh, world)) !== before[i]) faults.push(`what ${binh.handle} sees is not what it was`);
      await followed(binh, again.url, world.postIds);
    }
    const url = await photoUrl(new Person(again.url, photographer), photo.id);
    const bytes = await (await fetch(url.replace(new URL(url).origin, new URL(again.url).origin))).arrayBuffer();
    if (!Buffer.from(bytes).equals(photo.bytes)) faults.push('the photo is another one');
    for (const [i, writer] of writers.entries()) faults.push(...(await cutOf(writer, again.url, acknowledged[i] ?? 0, atEnd[i] ?? 0)));
    return faults;
  } finally {
    await again.remove();
  }
}

/** The moment at which a writer's work was saved: each thing was written after the one before it, so each is there only if that one is. */
async function cutOf({ person, rounds, chat }: Writer, url: string, least: number, most: number): Promise<readonly string[]> {
  const again = new Person(url, person); // the session of before
  const messages = new Set((await messagesOf(again, chat)).map(({ id }: Answer) => id));
  const steps: boolean[] = [];
  for (const { post, message } of rounds.slice(-100)) {
    const { json } = await again.graphql('query ($id: ID!) { node(id: $id) { ... on Post { id viewerHasLiked } } }', { id: post });
    steps.push(json.data?.node != null, json.data?.node?.viewerHasLiked === true, messages.has(message));
  }
  const first = steps.indexOf(false);
  const kept = first === -1 ? steps.length : first;
  const skipped = Math.max(0, rounds.length - 100);
  const faults: string[] = [];
  if (steps.slice(kept).includes(true))
    faults.push(`of ${person.handle} something is there without what came before it: ${steps.join(' ')}`);
  if (skipped + kept / 3 < least)
    faults.push(`of ${person.handle} ${String(kept)} steps are there, and ${String(least)} rounds were acknowledged`);
  if (skipped + kept / 3 > most + 1)
    faults.push(`of ${person.handle} ${String(kept)} steps are there, of ${String(most)} rounds at the end`);
  return faults;
}

/** Stopped, saved, restored: every table of every database. */
async function atRest(plaza: PlazaProcess, room: string, say: Say): Promise<readonly string[]> {
  await plaza.stop();
  const [to, keyFile, dataDir] = [join(room, 'still'), join(room, 'still.key'), join(room, 'still-again')];
  await backup({ dataDir: plaza.folder, to, keyFile, postgresUrl: undefined, isChecked: true, progress: silent });
  const { databases } = await restore({ from: to, dataDir, keyFile, progress: silent });
  const source = await countsOf(plaza.folder);
  const tables = Object.values(source).flatMap((database) => Object.values(database));
  say(`at rest: ${String(tables.length)} tables with ${String(sum(tables.map(({ rows }) => rows)))} rows compared`);
  return differences(source, databases);
}

async function writerAt(url: string): Promise<Writer> {
  const [person, other] = [await register(url, 'writer'), await register(url, 'reader')];
  const { conversation } = await does(person, 'startConversation', { idempotencyKey: randomUUID(), kind: 'DIRECT', memberIds: [other.id] });
  return { person, rounds: [], chat: conversation.id };
}

async function writeRound({ person, rounds, chat }: Writer): Promise<void> {
  const text = `Round ${String(rounds.length)}`;
  const { post } = await does(person, 'publishPost', { idempotencyKey: randomUUID(), text });
  await does(person, 'likePost', { postId: post.id });
  const { message } = await does(person, 'sendMessage', { conversationId: chat, clientMessageId: randomUUID(), text });
  rounds.push({ post: post.id, message: message.id });
}

/** Resolves when the home feed has them: what was still under way when it was saved arrives afterwards. */
async function followed(binh: Person, url: string, posts: readonly string[]): Promise<void> {
  for (const until = Date.now() + 60_000; ; await new Promise((done) => void setTimeout(done, 100))) {
    const ids = await new Person(url, binh).homeIds(50);
    if (posts.every((id) => ids.includes(id))) return;
    if (Date.now() > until) throw new Error(`the feed of ${binh.handle} does not get what was published`);
  }
}

async function photoOf(person: Person, url: string): Promise<{ readonly id: string; readonly bytes: Buffer }> {
  const bytes = sunset();
  const { media, uploadUrl } = await startUpload(person, bytes, 'sunset.jpg', 'image/jpeg');
  await sendByTus(person, uploadUrl, bytes, bytes.length);
  await watchMedia(person, url, media.id);
  return { id: media.id, bytes: Buffer.from(await (await fetch(await photoUrl(person, media.id))).arrayBuffer()) };
}

async function photoUrl(person: Person, id: string): Promise<string> {
  const { json } = await person.graphql('query ($id: ID!) { node(id: $id) { ... on Media { url(width: 640) } } }', { id });
  return json.data?.node.url;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

await prove({
  help: HELP,
  numbers: { writers: 4, worlds: 2 },
  async run(plaza, { writers: count, worlds: wanted }, { say }) {
    const room = await mkdtemp(join(tmpdir(), 'plaza-restore-'));
    try {
      const faults = [...(await underLoad(plaza, room, { count, wanted, say })), ...(await atRest(plaza, room, say))];
      for (const fault of faults) say(`!! ${fault}`);
      say(faults.length === 0 ? 'all is there again' : `${faults.length} faults`);
      return faults.length === 0;
    } finally {
      await rm(room, { recursive: true, force: true });
    }
  },
});
