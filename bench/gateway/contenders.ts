import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withoutSecurity } from '@plaza/gateway/engine/apollo/supergraph';
import { freePorts } from '@plaza/subgraph/free-ports';
import { parse } from 'graphql';
import type { GatewayJob } from './jobs.js';
import { forked, told } from './processes.js';

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
  const child = forked(contender === 'plaza' ? 'ours' : 'apollo');
  const supergraphSdl = contender === 'plaza' ? job.supergraphSdl : plain(job.supergraphSdl);
  const port = await told<number>(child, { ...job, supergraphSdl });
  const path = contender === 'plaza' ? '/graphql' : '/';
  return { url: `http://127.0.0.1:${port}${path}`, pid: child.pid ?? 0, stop: () => child.disconnect() };
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
