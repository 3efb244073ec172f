import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bringFromDebian, runnable } from '@plaza/native/debian';
import { run } from '@plaza/native/tools';
import { type Certificate, openCertificate } from './certificate.js';
import { runDoor } from './door.js';
import { EdgeLine } from './edge-line.js';

const PROGRAM = { program: 'haproxy', name: 'haproxy', hint: 'Install HAProxy 2.4 or newer so that haproxy can be run by its name.' };
const SETTINGS = fileURLToPath(new URL('../edge/haproxy.cfg', import.meta.url));
/** Requests under way may take so long; lines that stay are cut then. */
const STOP_MS = 3_000;

/** Where one listens. */
export interface Gateway {
  readonly name: string;
  readonly port: number;
}

/** What the edge stands before, and where. */
export interface EdgeOptions {
  /** Of its own: program, certificate, the list of gateways. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Gateways on this machine. */
  readonly gateways: readonly Gateway[];
  /** Where a cache listens that is asked for what may be kept, on this machine; null: there is none. */
  readonly cachePort: number | null;
  /** Takes a line when it ends unasked. */
  readonly report: (line: string) => void;
}

/** HAProxy with TLS before the gateways. */
export interface Edge {
  readonly certificate: Certificate;
  readonly line: EdgeLine;
  /** Takes no new connections, lets requests finish for three seconds. */
  stop(): Promise<void>;
}

/** Brings HAProxy, makes the certificate at the first start, and runs it. @throws EngineError when it cannot be had or does not start */
export async function startEdge(options: EdgeOptions, at: (detail: string) => void): Promise<Edge> {
  const { folder, host, port, report } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await bringFromDebian(folder, PROGRAM, at);
  const certificate = await openCertificate(folder);
  const list = join(folder, 'gateways.cfg');
  // A socket's path holds 107 bytes, and only its owner may enter its folder.
  const room = await mkdtemp(join(tmpdir(), 'plaza-edge-'));
  const socket = join(room, 'line');
  await writeFile(list, settingsOf(options, socket), { mode: 0o600 });
  const { path, env } = await runnable(folder, PROGRAM.program);
  const settings = { ...env, EDGE_BIND: `${host}:${String(port)}`, EDGE_CERTIFICATE: certificate.file };
  const args = ['-f', SETTINGS, '-f', list];
  await run(path, ['-c', '-q', ...args], { env: settings });
  const stop = await runDoor({
    name: 'the edge',
    path,
    args: ['-db', ...args],
    env: settings,
    log: join(folder, 'log'),
    host,
    port,
    // Its way to say: finish what runs.
    ending: { signal: 'SIGUSR1', withinMs: STOP_MS },
    report,
  });
  return {
    certificate,
    line: new EdgeLine(socket),
    async stop() {
      await stop();
      await rm(room, { recursive: true, force: true });
    },
  };
}

const settingsOf = ({ gateways, cachePort }: EdgeOptions, socket: string): string =>
  [
    'global',
    `  stats socket ${socket} mode 600 level admin`,
    'backend gateways from gateways',
    ...gateways.map(({ name, port }) => `  server ${name} 127.0.0.1:${String(port)} check`),
    ...gateways.map(({ name, port }) => `  server ${name}-at-last 127.0.0.1:${String(port)} backup`),
    'backend cache from cache',
    // HAProxy wants one that it is asked about.
    `  server cache 127.0.0.1:${cachePort === null ? '1 disabled' : `${String(cachePort)} check`}`,
    ...gateways.map(({ name, port }) => `  server ${name}-itself 127.0.0.1:${String(port)} backup`),
    '',
  ].join('\n');
