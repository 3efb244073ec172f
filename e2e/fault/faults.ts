import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { laneOf } from '@plaza/events/outbox';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Chatter } from '../chat/chatter.js';
import type { PlazaProcess } from '../plaza-process.js';
import { Books } from './books.js';
import { type Engines, LOSABLE, type Losable } from './engines.js';
import type { Line } from './line.js';
import { childrenOf, postmasterOf, signal } from './machine.js';
import { PARTS, type Timed } from './schedule.js';

/** What hangs, hangs so long. */
const HANG_MS = 2_500;
const SLOW_LINE_MS = 150;
const LOST_ANSWERS = 8;
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
      return ask(points, 'transaction.commit', 'full 0 12');
    case 'clocks off': {
      await writeFile(join(points, 'clock'), String(fault.ms));
      // A clock that was too early comes right; one that was too late stays so: what was promised until then is promised until then.
      if (fault.ms > 0) return nothing;
      return async () => {
        await rm(join(points, 'clock'));
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
      const postmaster = await postmasterOf(folder);
      const children = await childrenOf(postmaster);
      for (const pid of [postmaster, ...children.map((child) => child.pid)]) signal(pid, 'SIGKILL');
      // Nobody but a start brings it back.
      signal(plaza.pid, 'SIGKILL');
      return struckBy(postmaster > 0);
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
      return withBooks(folder, async (books) => {
        const { transaction } = books.at(fault.part as SubgraphName); // one of OWNERS
        await transaction(async (tx) => {
          await tx.sql`SELECT 1 FROM outbox_position WHERE lane % 2 = 0 ORDER BY consumer, lane FOR UPDATE`;
          await pause(HANG_MS);
        });
      });
    case 'a poisonous event':
      return poison(folder, fault.part as SubgraphName); // content or social
  }
}

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
