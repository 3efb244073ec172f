/** `npm run bench:events`: see HELP. */
import '@plaza/embedded/node-env';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Assertions } from '@plaza/auth/assertion';
import { type Database, openDatabase } from '@plaza/db/database';
import { openDatabases } from '@plaza/embedded/databases';
import { on } from '@plaza/events/consumer';
import { postLiked } from '@plaza/events/contracts/social.events';
import { doorBus } from '@plaza/events/door-bus';
import type { EventEnvelope } from '@plaza/events/envelope';
import type { EventBus } from '@plaza/events/event-bus';
import { takeEffect } from '@plaza/events/inbox';
import { KafkaBus } from '@plaza/events/kafka/kafka-bus';
import { readKafka } from '@plaza/events/kafka/variables';
import { Outbox } from '@plaza/events/outbox';
import { newId } from '@plaza/kernel/id';
import { startPostgres } from '@plaza/postgres/postgres';
import { createLogger } from '@plaza/telemetry/logger';
import { printed } from '@plaza/telemetry/progress';
import { machine } from './measure/machine.js';
import { spread } from './measure/percentiles.js';

const HELP = `Usage: npm run bench:events [-- --events 20000]

Writes events into the outbox of one database and lets each take effect, with its note in the inbox, in another: straight to the
consumer's door, and by Kafka where KAFKA_BROKERS is set. Two things: how fast a backlog flows, and how long an event takes from its
transaction to its effect at 100 a second. Writer, relay, consumer and both databases are on this machine; PostgreSQL writes to disk
as it does in earnest, and the effect is one row.

  --events  in the backlog (20000)
`;

const KEYS = 500;
const WRITERS = 8;
const STEADY = { events: 1_000, everyMs: 10 };
/** What one insert takes. */
const BULK = 500;

interface Ground {
  readonly owner: Database<unknown>;
  readonly consumer: Database<unknown>;
}

const out = (line = ''): void => void process.stdout.write(`${line}\n`);
const logger = createLogger('warn', 'bench');
const keys = Array.from({ length: KEYS }, () => newId());
const like = (n: number) => ({ userId: newId(), postId: keys[n % KEYS] ?? newId(), authorId: newId() });

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { events: { type: 'string', default: '20000' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) return void process.stdout.write(HELP);
  const count = Number(values.events);
  if (!(count >= BULK && count <= 1_000_000)) throw new Error(`--events must be from ${String(BULK)} to 1000000`);
  const folder = await mkdtemp(join(tmpdir(), 'plaza-bench-events-'));
  const postgres = await startPostgres(folder, { progress: printed(process.stdout) });
  try {
    const urls = await openDatabases(postgres, printed(process.stdout));
    const open = (url: string): Database<unknown> => openDatabase({ url, poolSize: 20, prisma: () => ({ $disconnect: async () => {} }) });
    const ground: Ground = { owner: open(urls.social), consumer: open(urls.feed) };
    try {
      out(`machine  ${machine()}`);
      const cluster = readKafka(process.env);
      await measure('to the door', doorBus, ground, count);
      if (cluster === undefined) out('\nKAFKA_BROKERS is not set: Kafka is left out');
      else {
        const bus = new KafkaBus({ cluster, secret: randomBytes(32), prefix: `bench-${randomUUID()}` });
        await measure('by Kafka', bus, ground, count);
      }
    } finally {
      await Promise.all([ground.owner.close(), ground.consumer.close()]);
    }
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(title: string, bus: EventBus, ground: Ground, count: number): Promise<void> {
  await ground.owner.sql`TRUNCATE outbox, outbox_position`;
  await ground.consumer.sql`TRUNCATE inbox`;
  out(`\n${title}`);
  const tookMs: number[] = [];
  const react = on(postLiked, async (_payload, tx, { occurredAt }) => {
    tx.afterCommit(() => tookMs.push(Date.now() - Date.parse(occurredAt)));
  });
  const take = async (events: readonly EventEnvelope[]): Promise<void> => takeEffect(events, [react], ground.consumer);
  const relay = bus.relay({
    name: 'social',
    database: ground.owner,
    ports: (name) => (name === 'feed' ? { deliver: take } : undefined),
    assertions: new Assertions(randomBytes(32)),
    logger,
    subscriptions: { feed: [postLiked.type] },
  });
  const taking = bus.take({ name: 'feed', types: [postLiked.type], take, logger });
  const taken = async (events: number): Promise<void> => {
    while (tookMs.length < events) await pause(5);
  };
  const outbox = new Outbox(relay.wake);
  const write = async (n: number): Promise<void> => ground.owner.transaction(async (tx) => outbox.append(tx, postLiked, like(n)));
  try {
    // The way stands when its first event has come.
    await write(0);
    await taken(1);

    tookMs.length = 0;
    const beganWriting = performance.now();
    let next = 0;
    const writer = async (): Promise<void> => {
      while (next < count) {
        const from = next;
        next += BULK;
        await ground.owner.transaction(async (tx) => {
          for (let n = from; n < Math.min(count, from + BULK); n += 1) await outbox.append(tx, postLiked, like(n));
        });
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, writer));
    const writtenMs = performance.now() - beganWriting;
    await taken(count);
    const allMs = performance.now() - beganWriting;
    out(
      `  backlog  ${String(count)} events, written in ${(writtenMs / 1_000).toFixed(1)} s, all taken after ${(allMs / 1_000).toFixed(1)} s: ${String(Math.round((count / allMs) * 1_000))} a second end to end`,
    );

    tookMs.length = 0;
    const writing: Promise<void>[] = [];
    for (let n = 0; n < STEADY.events; n += 1) {
      writing.push(write(n));
      await pause(STEADY.everyMs);
    }
    await Promise.all(writing);
    await taken(STEADY.events);
    out(`  steady   ${String(STEADY.events)} events at about ${String(1_000 / STEADY.everyMs)} a second: ${spread(tookMs)}`);
  } finally {
    await Promise.all([relay.stop(), taking.stop()]);
  }
}

await main();
