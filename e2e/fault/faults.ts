import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { laneOf } from '@plaza/events/outbox';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Chatter } from '../chat/chatter.js';
import type { PlazaProcess } from '../plaza-process.js';
import { Books } from './books.js';
import { type Engines, LOSABLE, type Losable } from './engines.js';
import type { Line } from './line.js';
import { bringPostgresBack, killPostgres, postmasterOf } from './cluster.js';
import { childrenOf, signal } from './machine.js';
import { PARTS, type Timed } from './schedule.js';
import type { SmallDisk } from './small-disk.js';

/** What hangs, hangs so long. */
const HANG_MS = 2_500;
const SLOW_LINE_MS = 150;
const LOST_ANSWERS = 8;
/** At any moment of what goes on. */
const MOMENT_MS = 100;
/** A disk stays full until somebody was told, at most so long. */
const FULL_MS = 10_000;
const ORDER_STRIKES = 3;
/** A process that was asked to end is back within this time, or something is wrong. */
const BACK_MS = 60_000;

export interface Site {
  readonly plaza: PlazaProcess;
  readonly folder: string;
  /** Where failpoints are asked for. */
  readonly points: string;
  readonly line: Line;
  readonly chatters: readonly Chatter[];
  /** Those that it stands on, with what they know it by. */
  readonly engines: { readonly own: Engines; readonly variables: Readonly<Record<string, string>> } | null;
  /** On which its data folder lies, where it was to be a small one and could be. */
  readonly disk: SmallDisk | null;
  /** What Plaza says of errors. */
  readonly log: string;
  /** From now on Plaza may end in order, too. */
  readonly mayEnd: () => void;
}

/** Makes it well again. @returns whether the fault has struck: not every one finds something */
export type Heal = () => Promise<boolean>;

/** Makes something go wrong. What ends Plaza only ends it: whoever keeps it starts it again. */
export async function strike(site: Site, fault: Timed): Promise<Heal> {
  const { plaza, folder, points, line, chatters } = site;
  switch (fault.what) {
    case 'kill Plaza':
      return struckBy(signal(plaza.pid, 'SIGKILL'));
    case 'stop Plaza':
      site.mayEnd();
      return struckBy(signal(plaza.pid, 'SIGTERM'));
    case 'roll the processes':
      return struckBy(await roll(plaza));
    case 'kill at a step':
      return ask(points, fault.step, `kill ${fault.before} 1`);
    case 'fail at a step':
      return ask(points, fault.step, `fail ${fault.before} 3`);
    case 'slow calls':
      return ask(points, fault.step, `hang:${fault.ms} 0 10`);
    case 'a full disk':
      return askForFullDisk(points);
    case 'a disk that is full':
      return site.disk === null ? askForFullDisk(points) : filled(site, site.disk);
    case 'clocks off': {
      await writeFile(join(points, 'clock'), String(fault.ms));
      // A clock that was too early comes right; one that was too late stays so: what was promised until then is promised until then.
      if (fault.ms > 0) return nothing;
      return async () => {
        await rm(join(points, 'clock'), { force: true });
        return true;
      };
    }
    case 'kill an engine':
      return lost(site, [fault.part], async (engines) => engines.kill(fault.part));
    case 'hang an engine':
      return lost(site, [fault.part], async (engines) => engines.hang(fault.part));
    case 'kill all engines':
      return lost(site, LOSABLE, async (engines) => (await Promise.all(LOSABLE.map(async (name) => engines.kill(name)))).every(Boolean));
    case 'flush Redis':
      return lost(site, [], async (engines) => {
        await engines.flush();
        return true;
      });
    case 'delete the index':
      return lost(site, [], async (engines, { OPENSEARCH_INDEX: name = '' }) => engines.deleteIndexes(name));
    case 'delete the topics':
      return lost(site, [], async (engines, { KAFKA_PREFIX: prefix = '' }) => engines.deleteTopics(prefix));
    case 'a clock off':
      await writeFile(join(points, 'clock'), `${fault.ms} ${placeOf(fault.part)}`);
      return nothing;
    case 'kill PostgreSQL': {
      const isKilled = await killPostgres(folder);
      // Nobody but a start brings it back.
      signal(plaza.pid, 'SIGKILL');
      return struckBy(isKilled);
    }
    case 'kill PostgreSQL alone': {
      await pause(fault.pick * MOMENT_MS);
      const isKilled = await killPostgres(folder);
      await bringPostgresBack(folder);
      return struckBy(isKilled);
    }
    case 'kill a backend': {
      const backends = (await childrenOf(await postmasterOf(folder))).filter(({ title }) => title.startsWith('postgres: plaza plaza_'));
      return struckBy(signal(backends[Math.floor(fault.pick * backends.length)]?.pid ?? 0, 'SIGKILL'));
    }
    case 'hang PostgreSQL':
      return hang((await childrenOf(await postmasterOf(folder))).map(({ pid }) => pid));
    case 'hang Plaza':
      return hang([plaza.pid]);
    case 'kill a process':
      return struckBy(signal(await partOf(plaza, fault.part), 'SIGKILL'));
    case 'hang a process':
      return hang([await partOf(plaza, fault.part)]);
    case 'slow lines':
      line.slow(SLOW_LINE_MS);
      return async () => {
        line.slow(0);
        return true;
      };
    case 'lost answers':
      line.lose(LOST_ANSWERS);
      return async () => line.lose(0) < LOST_ANSWERS;
    case 'cut lines':
      line.cut();
      for (const chatter of chatters) chatter.cut();
      return nothing;
    case 'cut the database':
      return withBooks(folder, async (books) => {
        const name = `plaza_${fault.part}`;
        await books.at('accounts')
          .sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name} AND pid <> pg_backend_pid()`;
      });
    case 'repeated events':
      return withBooks(folder, async (books) => {
        await books.at(fault.part as SubgraphName).sql`UPDATE outbox_position SET seen = '1:1:', upto = NULL, seq = 0`; // one of OWNERS
      });
    case 'held lanes':
      return withBooks(folder, async (books) => holdLanes(books, fault.part as SubgraphName, 2)); // one of OWNERS
    case 'shuffled events': {
      // What is brought piece by piece has no order to lose.
      const heals = await Promise.all(ORDERS.map(async (step, n) => ask(points, step, `shuffle ${n * ORDER_STRIKES} ${ORDER_STRIKES}`)));
      await withBooks(folder, async (books) => holdLanes(books, fault.part as SubgraphName, 1)); // one of OWNERS
      return async () => (await Promise.all(heals.map(async (heal) => heal()))).every(Boolean);
    }
    case 'a poisonous event':
      return poison(folder, fault.part as SubgraphName); // content or social
  }
}

/** Where the order of events can be lost, one after the other: before a batch is signed, and on the wire. */
const ORDERS = ['relay.order', 'wire.order'] as const;
const nothing: Heal = async () => true;
const idle: Heal = async () => false;
const struckBy = (hasStruck: boolean): Heal => (hasStruck ? nothing : idle);

/** Something is done to engines, and those that do not run any more are away until everybody has done what they wanted. */
async function lost(
  { engines }: Site,
  away: readonly Losable[],
  lose: (own: Engines, variables: Readonly<Record<string, string>>) => Promise<boolean>,
): Promise<Heal> {
  if (engines === null) throw new Error('there are no engines');
  const { own, variables } = engines;
  const isLost = await lose(own, variables);
  return async () => {
    for (const name of away) await own.bringBack(name);
    return isLost;
  };
}

async function ask(points: string, step: string, what: string): Promise<Heal> {
  const file = join(points, step);
  // Where the same step was asked for before, it is asked for once more.
  if (existsSync(`${file}.done`)) await rm(`${file}.done`);
  await writeFile(file, what);
  return async () => {
    await rm(file, { force: true });
    return existsSync(`${file}.struck`);
  };
}

/** Those of an owner, or every second of them, stay where they are for a while. */
async function holdLanes(books: Books, owner: SubgraphName, each: number): Promise<void> {
  await books.at(owner).transaction(async (tx) => {
    await tx.sql`SELECT 1 FROM outbox_position WHERE lane % ${each} = 0 ORDER BY consumer, lane FOR UPDATE`;
    await pause(HANG_MS);
  });
}

const askForFullDisk = (points: string): Promise<Heal> => ask(points, 'transaction.commit', 'full 0 12');

/** Until somebody was told so, and a while longer, there is no room for anything. PostgreSQL may have given up by then: it is started again, as an operator would. */
async function filled({ folder, log }: Site, disk: SmallDisk): Promise<Heal> {
  const told = async (): Promise<number> => (await readFile(log, 'utf8')).split(/No space left on device|ENOSPC/u).length - 1;
  const before = await told();
  const keepFull = async (ms: number, isEnough: () => Promise<boolean>): Promise<void> => {
    for (const until = Date.now() + ms; !(await isEnough()) && Date.now() < until; await pause(20)) await disk.fill();
  };
  await keepFull(FULL_MS, async () => (await told()) > before);
  await keepFull(HANG_MS, async () => false);
  await disk.free();
  await bringPostgresBack(folder);
  return async () => (await told()) > before;
}

async function hang(pids: readonly number[]): Promise<Heal> {
  const hanging = pids.filter((pid) => signal(pid, 'SIGSTOP'));
  await pause(HANG_MS);
  for (const pid of hanging) signal(pid, 'SIGCONT');
  return struckBy(hanging.length > 0);
}

/** Asks each of the seven processes to end in order, the next when another runs in the place of the one before. @returns whether there were all */
async function roll(plaza: PlazaProcess): Promise<boolean> {
  let rolled = 0;
  for (const part of PARTS) {
    const old = await partOf(plaza, part);
    if (!signal(old, 'SIGTERM')) continue;
    rolled += 1;
    for (const until = Date.now() + BACK_MS; [0, old].includes(await partOf(plaza, part)); await pause(50)) {
      if (Date.now() > until) throw new Error(`${part} does not come back`);
    }
  }
  return rolled === PARTS.length;
}

/** One of the seven processes, by what it runs. */
async function partOf(plaza: PlazaProcess, part: string): Promise<number> {
  return (await childrenOf(plaza.pid)).find(({ title }) => title.includes(placeOf(part)))?.pid ?? 0;
}

const placeOf = (part: string): string => (part === 'gateway' ? 'gateway/src/main.js' : `subgraphs/${part}/src/main.js`);

async function withBooks(folder: string, work: (books: Books) => Promise<void>): Promise<Heal> {
  const books = await Books.of(folder);
  try {
    await work(books);
  } finally {
    await books.close();
  }
  return nothing;
}

/** An event that no consumer can read: its lane waits behind it until somebody takes it away. */
async function poison(folder: string, owner: SubgraphName): Promise<Heal> {
  const id = randomUUID();
  await withBooks(folder, async (books) => {
    const type = owner === 'content' ? 'post.published' : 'post.liked';
    await books.at(owner).sql`INSERT INTO outbox (id, lane, key, type, payload) VALUES (${id}, ${laneOf(id)}, ${id}, ${type}, '{}')`;
  });
  return async () =>
    (
      await withBooks(folder, async (books) => {
        await books.at(owner).sql`DELETE FROM outbox WHERE id = ${id}`;
      })
    )();
}
