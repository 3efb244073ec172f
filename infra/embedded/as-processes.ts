import { setTimeout as pause } from 'node:timers/promises';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { GATEWAY_NODE_ARGUMENTS } from '@plaza/gateway/node-arguments';
import { HttpPort } from '@plaza/subgraph/http-port';
import { freePorts } from '@plaza/subgraph/free-ports';
import { localName } from './local-name.js';
import type { Assembled, Installation } from './installation.js';
import { PROGRAMS } from './programs.js';
import { supervise } from './supervisor.js';

const READY_WITHIN_MS = 60_000;
const SUBGRAPH_STOP_MS = 3_000;

/** Gateway and subgraphs as a process each, kept running by this one; they speak HTTP with each other on this machine's own address. */
export async function assembleProcesses(installation: Installation): Promise<Assembled> {
  const { config, databases, environment, lifecycle, progress, publicUrl, secret } = installation;
  const numbers = await freePorts(SUBGRAPH_NAMES.length);
  const bases = Object.fromEntries(SUBGRAPH_NAMES.map((name, i) => [name, `http://127.0.0.1:${String(numbers[i])}`])) as Record<
    SubgraphName,
    string
  >;
  const ports = new Map(SUBGRAPH_NAMES.map((name) => [name, new HttpPort(name, bases[name])]));
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const shared = {
    ...environment,
    PLAZA_INTERNAL_SECRET_FILE: secret.file,
    PLAZA_PORTS: JSON.stringify(bases),
    PLAZA_DATA_DIR: config.dataDir,
    PLAZA_PUBLIC_URL: publicUrl,
    PLAZA_HOST: config.host,
    LOG_LEVEL: config.logLevel,
  };

  await progress('Starting the subgraphs', async (at) => {
    const children = SUBGRAPH_NAMES.map((name) =>
      supervise({ name, program: PROGRAMS[name], env: { ...shared, DATABASE_URL: databases[name] }, report }),
    );
    lifecycle.add(
      'the subgraphs',
      async () => {
        await Promise.all(children.map(async (child) => child.stop(SUBGRAPH_STOP_MS)));
        for (const port of ports.values()) port.close();
      },
      SUBGRAPH_STOP_MS + 1_000,
    );
    for (const [name, port] of ports) await until(async () => port.ready(), name, at);
  });

  await progress('Starting the gateway', async (at) => {
    // It listens itself, also after it was started anew.
    await installation.port.release();
    const gateway = supervise({
      name: 'gateway',
      program: PROGRAMS.gateway,
      env: { ...shared, PORT: String(installation.port.port) },
      report,
      nodeArguments: GATEWAY_NODE_ARGUMENTS,
    });
    lifecycle.add('the gateway', async () => gateway.stop(config.drainMs), config.drainMs + 1_000);
    await until(async () => answers(`http://${localName(config.host)}:${String(installation.port.port)}/health/ready`), 'gateway', at);
  });
  return {
    ports: (name) => ports.get(name),
    where: SUBGRAPH_NAMES.map((name) => `${name.padEnd(12)} ${bases[name]}   its own process and database`),
  };
}

/** @throws Error when it does not come true within a minute. */
async function until(isReady: () => Promise<boolean>, name: string, at: (detail: string) => void): Promise<void> {
  for (const end = Date.now() + READY_WITHIN_MS; !(await isReady()); await pause(50)) {
    at(name);
    if (Date.now() > end) throw new Error(`${name} is not ready after ${String(READY_WITHIN_MS / 1000)} s`);
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
