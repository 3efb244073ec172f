import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bringFromDebian, runnable } from '@plaza/native/debian';
import { EngineError } from '@plaza/native/engine';
import { run } from '@plaza/native/tools';
import { type Certificate, openCertificate } from './certificate.js';

const PROGRAM = { program: 'haproxy', name: 'haproxy', hint: 'Install HAProxy 2.4 or newer so that haproxy can be run by its name.' };
const SETTINGS = fileURLToPath(new URL('../edge/haproxy.cfg', import.meta.url));
/** Requests under way may take so long; lines that stay are cut then. */
const STOP_MS = 3_000;
const LOOK_MS = 20;

/** What the edge stands before, and where. */
export interface EdgeOptions {
  /** Of its own: program, certificate, the list of gateways. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Ports of the gateways on this machine. */
  readonly gateways: readonly number[];
  /** Takes a line when it ends unasked. */
  readonly report: (line: string) => void;
}

/** HAProxy with TLS before the gateways. */
export interface Edge {
  readonly certificate: Certificate;
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
  await writeFile(list, gatewayList(gateways), { mode: 0o600 });
  const { path, env } = await runnable(folder, PROGRAM.program);
  const settings = { ...env, EDGE_BIND: `${host}:${String(port)}`, EDGE_CERTIFICATE: certificate.file };
  const args = ['-f', SETTINGS, '-f', list];
  await run(path, ['-c', '-q', ...args], { env: settings });
  const child = spawn(path, ['-db', ...args], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const words = lastWords(child);
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
    async stop() {
      isStopping = true;
      // Its way to say: finish what runs.
      child.kill('SIGUSR1');
      const cut = setTimeout(() => child.kill('SIGTERM'), STOP_MS);
      await ended;
      clearTimeout(cut);
    },
  };
}

const gatewayList = (gateways: readonly number[]): string =>
  [
    'backend gateways from gateways',
    ...gateways.map((port, i) => `  server gateway-${String(i + 1)} 127.0.0.1:${String(port)} check`),
    '',
  ].join('\n');

/** What it said last on its standard error. */
function lastWords(child: ChildProcess): () => string {
  let said = '';
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
