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
import type { Line } from './line.js';
import { childrenOf, postmasterOf, signal } from './machine.js';
import type { Timed } from './schedule.js';

/** What hangs, hangs so long. */
const HANG_MS = 2_500;
const SLOW_LINE_MS = 150;

export interface Site {
  readonly plaza: PlazaProcess;
  readonly folder: string;
  /** Where failpoints are asked for. */
  readonly points: string;
  readonly line: Line;
  readonly chatters: readonly Chatter[];
}

/** Makes something go wrong. What ends Plaza only ends it: whoever keeps it starts it again. @returns what makes it well again */
export async function strike(site: Site, fault: Timed): Promise<() => Promise<void>> {
  const { plaza, folder, points, line, chatters } = site;
  switch (fault.what) {
    case 'kill Plaza':
      signal(plaza.pid, 'SIGKILL');
      return nothing;
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
      return fault.ms > 0 ? nothing : async () => rm(join(points, 'clock'));
    }
    case 'kill PostgreSQL': {
      const postmaster = await postmasterOf(folder);
      const children = await childrenOf(postmaster);
      for (const pid of [postmaster, ...children.map((child) => child.pid)]) signal(pid, 'SIGKILL');
      // Nobody but a start brings it back.
      signal(plaza.pid, 'SIGKILL');
      return nothing;
    }
    case 'kill a backend': {
      const backends = (await childrenOf(await postmasterOf(folder))).filter(({ title }) => title.startsWith('postgres: plaza plaza_'));
      signal(backends[Math.floor(fault.pick * backends.length)]?.pid ?? 0, 'SIGKILL');
      return nothing;
    }
    case 'hang PostgreSQL':
      return hang((await childrenOf(await postmasterOf(folder))).map(({ pid }) => pid));
    case 'hang Plaza':
      return hang([plaza.pid]);
    case 'kill a process':
      signal(await partOf(plaza, fault.part), 'SIGKILL');
      return nothing;
    case 'hang a process':
      return hang([await partOf(plaza, fault.part)]);
    case 'slow lines':
      line.slow(SLOW_LINE_MS);
      return async () => line.slow(0);
    case 'lost answers':
      line.lose(8);
      return async () => line.lose(0);
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

const nothing = async (): Promise<void> => {};

async function ask(points: string, step: string, what: string): Promise<() => Promise<void>> {
  const file = join(points, step);
  // Where the same step was asked for before, it is asked for once more.
  if (existsSync(`${file}.done`)) await rm(`${file}.done`);
  await writeFile(file, what);
  return async () => rm(file, { force: true });
}

async function hang(pids: readonly number[]): Promise<() => Promise<void>> {
  for (const pid of pids) signal(pid, 'SIGSTOP');
  await pause(HANG_MS);
  for (const pid of pids) signal(pid, 'SIGCONT');
  return nothing;
}

/** One of the seven processes, by what it runs. */
async function partOf(plaza: PlazaProcess, part: string): Promise<number> {
  const place = part === 'gateway' ? 'gateway/src/main.js' : `subgraphs/${part}/src/main.js`;
  return (await childrenOf(plaza.pid)).find(({ title }) => title.includes(place))?.pid ?? 0;
}

async function withBooks(folder: string, work: (books: Books) => Promise<void>): Promise<() => Promise<void>> {
  const books = await Books.of(folder);
  try {
    await work(books);
  } finally {
    await books.close();
  }
  return nothing;
}

/** An event that no consumer can read: its lane waits behind it until somebody takes it away. */
async function poison(folder: string, owner: SubgraphName): Promise<() => Promise<void>> {
  const id = randomUUID();
  await withBooks(folder, async (books) => {
    const type = owner === 'content' ? 'post.published' : 'post.liked';
    await books.at(owner).sql`INSERT INTO outbox (id, lane, key, type, payload) VALUES (${id}, ${laneOf(id)}, ${id}, ${type}, '{}')`;
  });
  return async () => {
    await withBooks(folder, async (books) => {
      await books.at(owner).sql`DELETE FROM outbox WHERE id = ${id}`;
    });
  };
}
