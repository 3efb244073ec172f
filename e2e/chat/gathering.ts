import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { fromTypeId } from '@plaza/kernel/type-id';
import { moveBucket } from '@plaza/messaging/server';
import { register } from '@plaza/testing/people';
import type { PlazaProcess } from '../plaza-process.js';
import { Chatter } from './chatter.js';
import { addShard, shardUrls, withDatabase } from './database.js';

export interface GatheringOptions {
  readonly clients: number;
  readonly messages: number;
  /** Lines that are cut at random. */
  readonly cuts: number;
  /** Times that Plaza is killed; with one or more a bucket moves to a second database, because that is given to it when it starts again. */
  readonly kills: number;
  readonly say: (line: string) => void;
}

/** Nothing has come to anybody for so long: what is not there is lost. */
const QUIET_MS = 60_000;
const GROUP_SIZE = 10;

/** Many talk, lines are cut, Plaza is killed, a bucket moves. @returns what went wrong, a line each; nothing is what is wanted */
export async function gathering(plaza: PlazaProcess, options: GatheringOptions): Promise<readonly string[]> {
  const { clients, messages, cuts, kills, say } = options;
  const chatters: Chatter[] = [];
  while (chatters.length < clients) {
    const people = Array.from({ length: Math.min(10, clients - chatters.length) }, async (_, n) => register(plaza.url, `chatter${n}`));
    chatters.push(...(await Promise.all(people)).map((person) => new Chatter(plaza.url, person)));
  }
  const circles = await conversationsOf(chatters);
  for (const chatter of chatters) {
    const own = circles.filter(({ members }) => members.includes(chatter)).map(({ id }) => id);
    chatter.isBehind = () => {
      const ends = lastOf(chatters);
      return own.some((id) => (ends.get(id) ?? 0) > (chatter.heard.get(id)?.at(-1) ?? 0));
    };
  }
  await Promise.all(chatters.map(async (chatter) => chatter.begin()));

  say(`${chatters.length} people in ${circles.length} conversations`);
  const since = performance.now();
  let sent = 0;
  let waiting = messages;
  const talking = chatters.map(async (chatter) => {
    const own = circles.filter(({ members }) => members.includes(chatter));
    while (waiting > 0) {
      waiting -= 1;
      const circle = own[Math.floor(Math.random() * own.length)];
      if (circle === undefined) return;
      await chatter.says(circle.id);
      sent += 1;
      if (Math.random() < 0.1) await chatter.reads(circle.id);
    }
  });
  const over = Promise.all(talking);

  const cutting = spread(
    cuts,
    messages,
    () => sent,
    async () => {
      while (!(chatters[Math.floor(Math.random() * chatters.length)]?.cut() ?? false)) await pause(10);
    },
  );
  const killing = spread(
    kills,
    messages,
    () => sent,
    async (n) => {
      if (n === 0) {
        await addShard(plaza.folder);
        process.env['PLAZA_MESSAGING_SHARDS'] = (await shardUrls(plaza.folder))[1];
      }
      await plaza.kill();
      await plaza.start();
      const [circle] = circles;
      if (n > 0 || circle === undefined) return;
      const moved = await moveBucket(await shardUrls(plaza.folder), uuidOf(circle.id), 1);
      say(`a bucket moved: ${moved.kind === 'moved' ? `frozen for ${Math.round(moved.frozenMs)} ms` : moved.kind}`);
    },
  );
  await Promise.all([over, cutting, killing]);
  delete process.env['PLAZA_MESSAGING_SHARDS'];
  const seconds = (performance.now() - since) / 1_000;
  say(
    `${sent} messages acknowledged in ${seconds.toFixed(1)} s (${Math.round(sent / seconds)} a second), ${cuts} lines cut, ${kills} kills`,
  );

  await quiet(chatters, circles, sent);
  const resumes = chatters.flatMap((chatter) => chatter.resumes).toSorted((a, b) => a - b);
  const at = (share: number): string => `${Math.round(resumes[Math.min(resumes.length - 1, Math.floor(resumes.length * share))] ?? 0)} ms`;
  say(`${resumes.length} had missed something; from being connected again to the first of it: p50 ${at(0.5)}, p99 ${at(0.99)}`);
  const faults = [...compared(chatters, circles), ...(await recounted(plaza, chatters, circles))];
  await Promise.all(chatters.map(async (chatter) => chatter.end()));
  return faults;
}

interface Circle {
  readonly id: string;
  readonly members: readonly Chatter[];
}

/** Everybody is in one group and talks with one other as well. */
async function conversationsOf(chatters: readonly Chatter[]): Promise<readonly Circle[]> {
  const circles: Circle[] = [];
  const start = async (kind: 'DIRECT' | 'GROUP', members: readonly Chatter[]): Promise<void> => {
    const [first, ...others] = members;
    if (first === undefined || others.length === 0) return;
    const memberIds = others.map(({ person }) => person.id);
    const input = { idempotencyKey: randomUUID(), kind, memberIds, ...(kind === 'GROUP' ? { title: 'Gathering' } : {}) };
    circles.push({ id: (await first.person.does('StartConversation', input)).conversation.id, members });
  };
  for (let n = 0; n < chatters.length; n += GROUP_SIZE) await start('GROUP', chatters.slice(n, n + GROUP_SIZE));
  for (let n = 0; n + 1 < chatters.length; n += 2) await start('DIRECT', chatters.slice(n, n + 2));
  return circles;
}

/** Does something `times` times, spread over the work: each when that share of it is done. */
async function spread(times: number, total: number, done: () => number, what: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    const from = (total * (n + 0.5)) / (times + 0.5);
    while (done() < from) await pause(5);
    await what(n);
  }
}

/** Waits until everybody has heard everything, or nothing more comes. */
async function quiet(chatters: readonly Chatter[], circles: readonly Circle[], sent: number): Promise<void> {
  const ends = lastOf(chatters);
  const wanted = circles.reduce((sum, { id, members }) => sum + (ends.get(id) ?? 0) * members.length, 0);
  const heard = (): number =>
    chatters.reduce((sum, chatter) => sum + [...chatter.heard.values()].reduce((all, { length }) => all + length, 0), 0);
  for (let [before, until] = [-1, 0]; heard() < wanted; await pause(20)) {
    if (heard() !== before) [before, until] = [heard(), Date.now() + QUIET_MS];
    if (Date.now() > until) return;
  }
  if (sent === 0) throw new Error('nothing was said');
}

/** The last number that was acknowledged, by conversation. */
function lastOf(chatters: readonly Chatter[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const { conversationId, seq } of chatters.flatMap(({ said }) => said))
    ends.set(conversationId, Math.max(seq, ends.get(conversationId) ?? 0));
  return ends;
}

/** What was acknowledged has the numbers 1, 2, 3 … of its conversation, each once; every member has heard exactly these, in this order. */
export function compared(
  chatters: readonly Pick<Chatter, 'said' | 'heard' | 'person'>[],
  circles: readonly { readonly id: string; readonly members: readonly Pick<Chatter, 'heard' | 'person'>[] }[],
): readonly string[] {
  const faults: string[] = [];
  for (const { id, members } of circles) {
    const numbers = chatters.flatMap(({ said }) => said.filter(({ conversationId }) => conversationId === id).map(({ seq }) => seq));
    const inOrder = numbers.toSorted((a, b) => a - b);
    if (inOrder.some((seq, n) => seq !== n + 1)) faults.push(`${id}: acknowledged were ${inOrder.length} messages up to ${inOrder.at(-1)}`);
    for (const { heard, person } of members) {
      const came = heard.get(id) ?? [];
      const wrong = came.findIndex((seq, n) => seq !== n + 1);
      if (wrong >= 0) faults.push(`${person.handle} in ${id}: after ${came[wrong - 1] ?? 0} came ${came[wrong]}`);
      else if (came.length !== inOrder.length) faults.push(`${person.handle} in ${id}: ${came.length} came of ${inOrder.length}`);
    }
  }
  return faults;
}

/** What is stored is what was acknowledged, and what is unread is what a count of the messages gives. */
async function recounted(plaza: PlazaProcess, chatters: readonly Chatter[], circles: readonly Circle[]): Promise<readonly string[]> {
  const faults: string[] = [];
  const stored: { id: string; seq: number; sender: string; key: string }[] = [];
  for (const url of await shardUrls(plaza.folder)) {
    const rows = await withDatabase(
      url,
      ({ sql }) => sql<{ id: string; seq: number; sender: string; key: string }>`
        SELECT conversation_id AS id, seq, sender_id AS sender, client_message_id AS key FROM message ORDER BY 1, 2`,
    ).catch(() => []);
    stored.push(...rows);
  }
  const acknowledged = new Map(chatters.flatMap(({ said }) => said.map((one) => [one.clientMessageId, one] as const)));
  for (const { id, seq, key } of stored) {
    const one = acknowledged.get(key);
    if (one?.seq !== seq || uuidOf(one.conversationId) !== id) faults.push(`message ${seq} of ${id} was acknowledged as ${one?.seq}`);
  }
  if (stored.length !== acknowledged.size) faults.push(`${stored.length} messages are stored, ${acknowledged.size} were acknowledged`);
  for (const chatter of chatters) {
    const { me } = await chatter.person.plays('Chats');
    const own = circles.filter(({ members }) => members.includes(chatter));
    let sum = 0;
    for (const { id } of own) {
      const read = chatter.read.get(id) ?? 0;
      const count = stored.filter((row) => row.id === uuidOf(id) && row.seq > read && row.sender !== chatter.person.uuid).length;
      sum += count;
      const shown = me.conversations.edges.find(({ node }: { node: { id: string } }) => node.id === id)?.node.unreadCount;
      if (shown !== count) faults.push(`${chatter.person.handle} in ${id}: ${shown} unread, ${count} by a count`);
    }
    if (me.unreadMessageCount !== sum) faults.push(`${chatter.person.handle}: ${me.unreadMessageCount} unread in all, ${sum} by a count`);
  }
  return faults;
}

const uuidOf = (conversationId: string): string => fromTypeId('conversation', conversationId) ?? '';
