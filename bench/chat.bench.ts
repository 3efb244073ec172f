/** `npm run bench:chat`: see HELP. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Answer, type Person, register } from '@plaza/testing/people';
import { cuttableClient } from '../e2e/cuttable-client.js';
import { PlazaProcess } from '../e2e/plaza-process.js';
import { machine } from './measure/machine.js';
import { spread } from './measure/percentiles.js';

const HELP = `Usage: npm run bench:chat [-- --writers 20] [--seconds 20] [--sockets 1000] [--told 50]

Starts a Plaza of its own in one process. First so many write at once, each with one other, as fast as they are answered: messages acknowledged in a
second, and how long that takes. Then so many sockets, of up to 100 people, listen to their inboxes while one writes into their group: deliveries in a
second from the first message sent to the last one at a socket, how long from sending to each socket, and what a socket costs in memory. Clients and Plaza
share the machine.

  --writers  at once (20)
  --seconds  that they write (20)
  --sockets  on one group (1000)
  --told     messages to the group (50)
`;

const INBOX = readFileSync(new URL('../schema/operations/Inbox.graphql', import.meta.url), 'utf8');
const GROUP = 100;
const out = (line: string): void => void process.stdout.write(`${line}\n`);

async function people(url: string, count: number): Promise<readonly Person[]> {
  const all: Person[] = [];
  while (all.length < count)
    all.push(...(await Promise.all(Array.from({ length: Math.min(10, count - all.length) }, () => register(url, 'chat')))));
  return all;
}

async function conversationOf(one: Person, others: readonly Person[]): Promise<string> {
  const kind = others.length === 1 ? 'DIRECT' : 'GROUP';
  const title = kind === 'GROUP' ? { title: 'Bench' } : {};
  const input = { idempotencyKey: randomUUID(), kind, memberIds: others.map(({ id }) => id), ...title };
  return (await one.does('StartConversation', input)).conversation.id;
}

const says = async (one: Person, conversationId: string, text: string): Promise<Answer> =>
  one.does('Send', { conversationId, clientMessageId: randomUUID(), text });

/** Of Plaza's process, and its SQL statements so far. */
async function figures(url: string): Promise<{ readonly bytes: number; readonly cpuSeconds: number; readonly statements: number }> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  const of = (name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+]+)$`, 'mu').exec(text)?.[1] ?? Number.NaN);
  return {
    bytes: of('process_resident_memory_bytes'),
    cpuSeconds: of('process_cpu_seconds_total'),
    statements: of('plaza_sql_statements_total'),
  };
}

async function writing(url: string, writers: number, seconds: number): Promise<void> {
  const all = await people(url, writers * 2);
  const pairs = await Promise.all(
    Array.from({ length: writers }, async (_, n) => {
      const [one, other] = [all[2 * n], all[2 * n + 1]];
      if (one === undefined || other === undefined) throw new Error('too few people');
      return { one, id: await conversationOf(one, [other]) };
    }),
  );
  await Promise.all(pairs.map(async ({ one, id }) => says(one, id, 'warm')));
  const before = await figures(url);
  const since = performance.now();
  const times: number[] = [];
  await Promise.all(
    pairs.map(async ({ one, id }) => {
      while (performance.now() < since + seconds * 1_000) {
        const start = performance.now();
        await says(one, id, 'A message as long as messages are.');
        times.push(performance.now() - start);
      }
    }),
  );
  const took = (performance.now() - since) / 1_000;
  const after = await figures(url);
  out(`${writers} who write: ${(times.length / took).toFixed(0)} messages a second acknowledged; ${spread(times)}`);
  out(
    `  CPU of Plaza ${(((after.cpuSeconds - before.cpuSeconds) * 1_000) / times.length).toFixed(1)} ms a message, ` +
      `${((after.statements - before.statements) / times.length).toFixed(1)} SQL statements, deliveries among them`,
  );
}

async function telling(url: string, sockets: number, told: number): Promise<void> {
  const members = await people(url, Math.min(GROUP, sockets));
  const [writer, ...others] = members;
  if (writer === undefined) throw new Error('too few people');
  const id = await conversationOf(writer, others);
  const start = await figures(url);
  const sentAt = new Map<string, number>();
  const times: number[] = [];
  let last = 0;
  const clients = Array.from({ length: sockets }, (_, n) => cuttableClient(url, members[n % members.length]?.tokens.accessToken ?? null));
  const heard = new Set<number>();
  for (const [n, { client }] of clients.entries()) {
    client.subscribe<{ readonly inbox: Answer }>(
      { query: INBOX },
      {
        next: ({ data }) => {
          const text: string | undefined = data?.inbox.message?.text;
          const at = text === undefined ? undefined : sentAt.get(text);
          if (text?.startsWith('are you there') === true) heard.add(n);
          if (at === undefined) return;
          last = performance.now();
          times.push(last - at);
        },
        error: (error) => out(`a socket ended: ${String(error)}`),
        complete: () => {},
      },
    );
    if (n % 50 === 49) await pause(100);
  }
  // A subscription from now on has begun when it hears something.
  while (heard.size < sockets) {
    await says(writer, id, `are you there ${heard.size}`);
    await pause(1_000);
  }
  const open = await figures(url);
  out(`${sockets} sockets: ${((open.bytes - start.bytes) / sockets / 1_024).toFixed(1)} KB of memory each`);
  const since = performance.now();
  for (let n = 0; n < told; n += 1) {
    const text = `told ${n}`;
    sentAt.set(text, performance.now());
    await says(writer, id, text);
  }
  for (
    let [seen, quietSince] = [0, performance.now()];
    times.length < told * sockets && performance.now() < quietSince + 30_000;
    await pause(20)
  )
    if (times.length > seen) [seen, quietSince] = [times.length, performance.now()];
  const after = await figures(url);
  const rate = times.length / ((last - since) / 1_000);
  out(
    `  ${told} messages: ${times.length} of ${told * sockets} deliveries, ${rate.toFixed(0)} a second; from sending to the socket ${spread(times)}`,
  );
  out(
    `  CPU of Plaza ${(((after.cpuSeconds - open.cpuSeconds) * 1_000) / times.length).toFixed(2)} ms a delivery, ` +
      `${((after.statements - open.statements) / times.length).toFixed(1)} SQL statements: each socket looks at each message with its own rights`,
  );
  await Promise.all(clients.map(async ({ client }) => client.dispose()));
}

const { values } = parseArgs({
  options: {
    writers: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    sockets: { type: 'string', default: '1000' },
    told: { type: 'string', default: '50' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help === true) out(HELP);
else {
  const plaza = await PlazaProcess.start('embedded', {
    PLAZA_ARGON2_MEMORY_KIB: '1024',
    PLAZA_ACCESS_TOKEN_SECONDS: '86400',
    LOG_LEVEL: 'silent',
  });
  try {
    out(machine());
    await writing(plaza.url, Number(values.writers), Number(values.seconds));
    await telling(plaza.url, Number(values.sockets), Number(values.told));
  } finally {
    await plaza.remove();
  }
}
