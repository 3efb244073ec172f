import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bringFromDebian, runnable } from '@plaza/native/debian';
import { EngineError } from '@plaza/native/engine';
import { run } from '@plaza/native/tools';
import { type Certificate, openCertificate } from './certificate.js';
import { EdgeLine } from './edge-line.js';

const PROGRAM = { program: 'haproxy', name: 'haproxy', hint: 'Install HAProxy 2.4 or newer so that haproxy can be run by its name.' };
const SETTINGS = fileURLToPath(new URL('../edge/haproxy.cfg', import.meta.url));
/** Requests under way may take so long; lines that stay are cut then. */
const STOP_MS = 3_000;
const LOOK_MS = 20;

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
  const { folder, host, port, gateways, report } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await bringFromDebian(folder, PROGRAM, at);
  const certificate = await openCertificate(folder);
  const list = join(folder, 'gateways.cfg');
  // A socket's path holds 107 bytes, and only its owner may enter its folder.
  const room = await mkdtemp(join(tmpdir(), 'plaza-edge-'));
  const socket = join(room, 'line');
  await writeFile(list, settingsOf(gateways, socket), { mode: 0o600 });
  const { path, env } = await runnable(folder, PROGRAM.program);
  const settings = { ...env, EDGE_BIND: `${host}:${String(port)}`, EDGE_CERTIFICATE: certificate.file };
  const args = ['-f', SETTINGS, '-f', list];
  await run(path, ['-c', '-q', ...args], { env: settings });
  const child = spawn(path, ['-db', ...args], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  // Also when this process is told twice to end, and ends at once.
  const orphaned = (): void => void child.kill('SIGTERM');
  process.once('exit', orphaned);
  const words = lastWords(child, createWriteStream(join(folder, 'log'), { mode: 0o600 }));
  let isStopping = false;
  const ended = new Promise<void>((resolve) => {
    const over = (why: string): void => {
      if (!isStopping) report(why);
      resolve();
    };
    child.once('error', (error) => over(`the edge cannot be run: ${error.message}`));
    child.once('exit', () => over(`the edge ended: ${words()}`));
  });
  const answers = await listening(host, port, () => child.exitCode !== null);
  if (!answers) throw new EngineError(`haproxy did not start: ${words()}`);
  return {
    certificate,
    line: new EdgeLine(socket),
    async stop() {
      isStopping = true;
      // Its way to say: finish what runs.
      child.kill('SIGUSR1');
      const cut = setTimeout(() => child.kill('SIGTERM'), STOP_MS);
      await ended;
      clearTimeout(cut);
      process.off('exit', orphaned);
      await rm(room, { recursive: true, force: true });
    },
  };
}

const settingsOf = (gateways: readonly Gateway[], socket: string): string =>
  [
    'global',
    `  stats socket ${socket} mode 600 level admin`,
    'backend gateways from gateways',
    ...gateways.map(({ name, port }) => `  server ${name} 127.0.0.1:${String(port)} check`),
    ...gateways.map(({ name, port }) => `  server ${name}-at-last 127.0.0.1:${String(port)} backup`),
    '',
  ].join('\n');

/** What it said last on its standard error; all of it goes to the log: who was seen to go and to come, and why. */
function lastWords(child: ChildProcess, log: Writable): () => string {
  let said = '';
  child.stderr?.pipe(log);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-2_000)));
  return () => said.trim().split('\n').at(-1) ?? '';
}

async function listening(host: string, port: number, hasEnded: () => boolean): Promise<boolean> {
  while (!hasEnded()) {
    const socket = connect(port, host);
    const stands = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'close').then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    if (stands) return true;
    await pause(LOOK_MS);
  }
  return false;
}
