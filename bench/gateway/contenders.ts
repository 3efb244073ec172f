import { randomBytes } from 'node:crypto';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withoutSecurity } from '@plaza/gateway/engine/apollo/supergraph';
import { SCHEMA_FOLDER } from '@plaza/gateway/graph';
import { GATEWAY_NODE_ARGUMENTS } from '@plaza/gateway/node-arguments';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { freePorts } from '@plaza/subgraph/free-ports';
import { parse } from 'graphql';
import { built } from '../../infra/build/build.mjs';
import type { GatewayJob } from './jobs.js';
import { forked, NODE_ARGS, told } from './processes.js';

/** Who is measured: ours, the stock gateway, Hive Gateway with its own planner and with that of its router, which is written in Rust. */
export const CONTENDERS = ['plaza', 'apollo', 'hive', 'hive-rust'] as const;
export type Contender = (typeof CONTENDERS)[number];

export const LABELS: Readonly<Record<Contender, string>> = {
  plaza: 'Plaza',
  apollo: '@apollo/gateway',
  hive: 'Hive Gateway --jit',
  'hive-rust': 'Hive Gateway, Rust planner',
};

export interface RunningContender {
  readonly url: string;
  readonly pid: number;
  stop(): void;
}

const PEERS = fileURLToPath(new URL('../peers/', import.meta.url));
const HIVE = join(PEERS, 'node_modules/@graphql-hive/gateway/dist/bin.js');
const START_MS = 60_000;

/** The supergraph as those may have it who refuse what they cannot enforce. */
const plain = (sdl: string): string => withoutSecurity(parse(sdl));

/** Fetches the gateways of others into bench/peers/node_modules, once. @throws Error when npm does not succeed */
export function installPeers(say: (line: string) => void): void {
  if (existsSync(HIVE)) return;
  say('Installing the gateways to compare with into bench/peers/node_modules: about 500 MB, a minute or two …');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: PEERS,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('npm ci in bench/peers did not succeed.');
}

/** `isShared`: equal requests under way at the same time may share an answer, where the gateway knows how. @throws Error when it does not start */
export async function startContender(contender: Contender, job: GatewayJob, isShared: boolean): Promise<RunningContender> {
  if (contender === 'hive' || contender === 'hive-rust') return startHive(contender, job, isShared);
  if (contender === 'plaza') return startPlaza(job);
  const child = forked('apollo');
  const port = await told<number>(child, { ...job, supergraphSdl: plain(job.supergraphSdl) });
  return { url: `http://127.0.0.1:${port}/`, pid: child.pid ?? 0, stop: () => child.disconnect() };
}

/** The limits are looked at, and nobody reaches them. */
const PLENTY = {
  PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ADDRESS: '100000000',
  PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ACCOUNT: '100000000',
  PLAZA_LIMIT_COST: '100000000',
};

/** Ours as it runs in production: the built program in a process of its own. */
async function startPlaza({ stage, supergraphSdl, origins }: GatewayJob): Promise<RunningContender> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-gateway-'));
  const secretFile = join(folder, 'secret');
  const manifest = 'operations/manifest.json';
  await mkdir(join(folder, 'operations'));
  await writeFile(join(folder, 'supergraph.graphql'), supergraphSdl);
  if (stage === 'plaza') await copyFile(join(SCHEMA_FOLDER, manifest), join(folder, manifest));
  else await writeFile(join(folder, manifest), JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: [] }));
  await writeFile(secretFile, randomBytes(32).toString('hex'));
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', ...GATEWAY_NODE_ARGUMENTS, ...NODE_ARGS, await built('gateway/src/main.ts')],
    {
      env: {
        ...process.env,
        ...PLENTY,
        NODE_ENV: 'production',
        PORT: '0',
        PLAZA_PROFILE: 'production',
        PLAZA_SCHEMA_DIR: folder,
        PLAZA_INTERNAL_SECRET_FILE: secretFile,
        // Where a stage has no such subgraph, nobody is asked.
        PLAZA_PORTS: JSON.stringify(Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, origins[name] ?? 'http://127.0.0.1:9']))),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const stop = (): void => {
    child.kill();
    void rm(folder, { recursive: true, force: true });
  };
  try {
    return { url: `http://127.0.0.1:${await portTold(child)}/graphql`, pid: child.pid ?? 0, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** What our gateway says on its standard output when it serves. */
function portTold(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = /ready on port (\d+)/u.exec(said)?.[1];
      if (port !== undefined) resolve(port);
    });
    child.once('exit', () => reject(new Error('It did not start.')));
  });
}

async function startHive(contender: 'hive' | 'hive-rust', { supergraphSdl }: GatewayJob, isShared: boolean): Promise<RunningContender> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-gateway-'));
  const file = join(folder, 'supergraph.graphql');
  await writeFile(file, plain(supergraphSdl));
  const [port = 0] = await freePorts(1);
  const config = join(PEERS, 'gateway.config.mjs');
  const how = contender === 'hive' ? '--jit' : '--hive-router-runtime';
  const args = [HIVE, 'supergraph', file, '--host', '127.0.0.1', '--port', String(port), '--fork', '1', '-c', config, how];
  const env = { ...process.env, NODE_ENV: 'production', BENCH_SHARED: isShared ? '1' : '0' };
  const child = spawn(process.execPath, args, { cwd: PEERS, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = (): void => {
    child.kill();
    void rm(folder, { recursive: true, force: true });
  };
  const origin = `http://127.0.0.1:${port}`;
  const until = performance.now() + START_MS;
  while (!(await answers(`${origin}/readiness`))) {
    if (child.exitCode !== null || performance.now() > until) {
      stop();
      throw new Error('It did not start.');
    }
    await pause(100);
  }
  return { url: `${origin}/graphql`, pid: child.pid ?? 0, stop };
}

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};
