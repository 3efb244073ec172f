/** A process of watchers: thousands of sockets that note when what came. */
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { type HeardBack, type Opened, sharedNow, type WatcherJob } from './jobs.js';

/** Sockets that are opened side by side. */
const OPENING = 50;
const PATIENCE_MS = 30_000;
/** One socket in so many is read whole, to see that what comes is no error. */
const READ = 500;

const sockets = new Set<WebSocket>();
const failures: string[] = [];
/** Every message with its number: when, and which. */
let times: number[] = [];
let numbers: number[] = [];
let cpu = process.cpuUsage();

async function open(job: Extract<WatcherJob, { kind: 'open' }>): Promise<Opened> {
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: OPENING }, async () => {
      for (let n = next++; n < job.tokens.length; n = next++) {
        const early = began + (n * 1_000) / job.perSecond - performance.now();
        if (early > 0) await pause(early);
        await one(job, n).catch((error: unknown) => failures.push(String(error)));
      }
    }),
  );
  return { sockets: sockets.size, failures: failures.splice(0) };
}

async function one({ url, subscription, addresses, tokens }: Extract<WatcherJob, { kind: 'open' }>, n: number): Promise<void> {
  const localAddress = addresses[n % addresses.length];
  const socket = new WebSocket(url, subscription === null ? [] : 'graphql-transport-ws', {
    perMessageDeflate: false,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  const late = setTimeout(() => socket.terminate(), PATIENCE_MS);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
    socket.once('open', () => {
      if (subscription === null) resolve();
      else
        socket.send(
          JSON.stringify({ type: 'connection_init', payload: tokens[n] === null ? {} : { authorization: `Bearer ${tokens[n]}` } }),
        );
    });
    // As the reference client names its operations.
    const id = randomUUID();
    let isAcknowledged = subscription === null;
    socket.on('message', (data: Buffer) => {
      if (isAcknowledged) {
        note(data, n);
        return;
      }
      isAcknowledged = true;
      socket.send(JSON.stringify({ type: 'subscribe', id, payload: subscription }));
      resolve();
    });
  });
  clearTimeout(late);
}

const NUMBER = /"(?:likeCount|commentCount)":(\d+)/u;
function note(data: Buffer, n: number): void {
  const now = sharedNow();
  const text = data.toString('latin1');
  const found = NUMBER.exec(text);
  if (found === null || (n % READ === 0 && text.includes('"errors"'))) failures.push(text.slice(0, 200));
  else {
    times.push(now);
    numbers.push(Number(found[1]));
  }
}

function heard(since: Readonly<Record<number, number>>): HeardBack {
  const latencies: number[] = [];
  for (const [index, number] of numbers.entries()) {
    const began = since[number];
    if (began === undefined) continue;
    latencies.push((times[index] ?? 0) - began);
  }
  const used = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  times = [];
  numbers = [];
  if (failures.length > 0) process.stderr.write(`${failures.length} messages are none that was asked for, such as ${failures[0]}\n`);
  failures.length = 0;
  return { latencies, came: latencies.length, cpuMs: (used.user + used.system) / 1_000 };
}

async function close(): Promise<null> {
  for (const socket of sockets) socket.terminate();
  while (sockets.size > 0) await pause(50);
  return null;
}

process.on('message', (job: WatcherJob) => {
  const work: Promise<unknown> = job.kind === 'open' ? open(job) : job.kind === 'close' ? close() : Promise.resolve(heard(job.since));
  void work.then((result) => process.send?.(result));
});
