import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { built, root } from '../infra/build/build.mjs';
import { openDatabase } from '@plaza/db/database';
import { freePorts } from '@plaza/subgraph/free-ports';
import { lanesBehind, logPosition } from '@plaza/events/position.store';
import { SUBSCRIPTIONS } from '@plaza/events/subscriptions';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { HttpPort } from '@plaza/subgraph/http-port';
import type { Ground, Running } from '@plaza/testing/world';
import { end } from './child.js';

const READY_MS = 180_000;
const SETTLE_MS = 120_000;

const OPEN = {
  PLAZA_ARGON2_MEMORY_KIB: '64',
  PLAZA_ARGON2_PASSES: '1',
  PLAZA_LIMIT_REGISTER_PER_HOUR: '1000000',
  PLAZA_LIMIT_LOGIN_PER_HOUR: '1000000',
  PLAZA_LIMIT_LOGIN_PER_NAME_PER_HOUR: '1000000',
  PLAZA_LIMIT_REFRESH_PER_HOUR: '1000000',
  PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ADDRESS: '0',
  PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ACCOUNT: '0',
  PLAZA_LIMIT_READ_MS: '60000',
  PLAZA_LIMIT_WRITE_MS: '60000',
};

/** Plaza as seven processes that speak HTTP. */
export async function asProcesses(ground: Ground): Promise<Running> {
  const numbers = await freePorts(SUBGRAPH_NAMES.length);
  const bases = Object.fromEntries(SUBGRAPH_NAMES.map((name, at) => [name, `http://127.0.0.1:${numbers[at]}`]));
  const ports = new Map(SUBGRAPH_NAMES.map((name) => [name, new HttpPort(name, bases[name] ?? '')]));
  const env = {
    ...process.env,
    ...OPEN,
    PLAZA_PLANS_DIR: join(root, 'dist/plans'),
    PLAZA_INTERNAL_SECRET_FILE: ground.secretFile,
    PLAZA_PORTS: JSON.stringify(bases),
    PLAZA_DATA_DIR: ground.dataDir,
    PLAZA_PUBLIC_URL: ground.publicUrl,
    LOG_LEVEL: process.env['PLAZA_TEST_LOG'] ?? 'silent',
  };
  const start = (path: string, more: Record<string, string>): ChildProcess =>
    fork(path, {
      cwd: root,
      env: { ...env, ...more },
      execArgv: ['--import', new URL('../infra/embedded/leash.mjs', import.meta.url).href, '--enable-source-maps'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  const children = new Map<SubgraphName, ChildProcess>();

  async function revive(name: SubgraphName): Promise<void> {
    children.set(name, start(await built(`subgraphs/${name}/src/main.ts`), { DATABASE_URL: ground.databaseUrls[name] }));
    await until(async () => (await ports.get(name)?.ready()) ?? false, `${name} is not ready`, READY_MS);
  }

  async function kill(name: SubgraphName): Promise<void> {
    const child = children.get(name);
    children.delete(name);
    if (child !== undefined) await end(child, 'SIGKILL');
  }

  await Promise.all(SUBGRAPH_NAMES.map(revive));
  const gateway = start(await built('gateway/src/main.ts'), { PORT: String(ground.port) });
  await until(() => isOk(`${ground.publicUrl}/health/ready`), 'the gateway is not ready', READY_MS);

  return {
    ports: (name) => ports.get(name),
    settled: () => settled(ground, new Set(children.keys())),
    kill,
    revive,
    async stop() {
      await end(gateway, 'SIGTERM');
      await Promise.all([...children.values()].map((child) => end(child, 'SIGTERM')));
      for (const port of ports.values()) port.close();
    },
  };
}

/** Looks into the databases until every living consumer has what every living owner had written before. Twice: an effect may be an event again. */
async function settled({ databaseUrls }: Ground, alive: ReadonlySet<SubgraphName>): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const owner of alive) {
      const database = openDatabase({ url: databaseUrls[owner], poolSize: 1, prisma: () => ({ $disconnect: async () => {} }) });
      try {
        const position = await logPosition(database);
        for (const consumer of alive) {
          const types = SUBSCRIPTIONS[consumer] ?? [];
          const isThrough = async () => (await lanesBehind(database, consumer, types, position)).length === 0;
          await until(isThrough, `${consumer} lacks events of ${owner}`, SETTLE_MS);
        }
      } finally {
        await database.close();
      }
    }
  }
}

async function until(isSo: () => Promise<boolean>, otherwise: string, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; !(await isSo()); await pause(20)) {
    if (Date.now() > end) throw new Error(`${otherwise} after ${withinMs} ms`);
  }
}

const isOk = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
