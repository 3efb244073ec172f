import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { fileURLToPath } from 'node:url';
import { bringFromDebian, runnable } from '@plaza/native/debian';
import { runDoor } from './door.js';

const PROGRAM = { program: 'nginx', name: 'nginx', hint: 'Install nginx 1.22 or newer so that nginx can be run by its name.' };
const TEMPLATE = fileURLToPath(new URL('../edge/cdn.conf', import.meta.url));
const STOP_MS = 3_000;
/** What nginx would else put where its package says. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** What the cache stands before, and where. */
export interface CdnOptions {
  /** Of its own: program, settings, what it keeps, marks. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Where it takes marks, on this machine. */
  readonly marksPort: number;
  /** Ports of the gateways on this machine. */
  readonly gateways: readonly number[];
  /** Whether a proxy of this machine is before it. */
  readonly isBehindProxy: boolean;
  /** Takes a line when it ends unasked. */
  readonly report: (line: string) => void;
}

/** nginx as a cache in front of the gateways. */
export interface Cdn {
  /** Where what it keeps lies. */
  readonly kept: string;
  /** Takes no new connections, lets requests finish for three seconds. */
  stop(): Promise<void>;
}

/** Where content leaves marks for the cache: CDN_PURGE_URL. */
export const marksUrl = (port: number): string => `http://127.0.0.1:${String(port)}/marks`;

/** Brings nginx and runs it, on what it kept before. @throws EngineError when it cannot be had or does not start */
export async function startCdn(options: CdnOptions, at: (detail: string) => void): Promise<Cdn> {
  const { folder, host, port, report } = options;
  const { kept, ...program } = await prepareCdn(options, at);
  const ending = { signal: 'SIGQUIT', withinMs: STOP_MS } as const;
  return { kept, stop: await runDoor({ name: 'the cache', ...program, log: join(folder, 'log'), host, port, ending, report }) };
}

/** Brings nginx and writes its settings: how to run it. @throws EngineError when it cannot be had */
export async function prepareCdn(options: Omit<CdnOptions, 'report'>, at: (detail: string) => void) {
  const { folder } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await bringFromDebian(folder, PROGRAM, at);
  const { kept, settings } = await writeSettings(options);
  const { path, env } = await runnable(folder, PROGRAM.program);
  return { kept, path, args: ['-p', folder, '-c', settings, '-e', 'stderr'], env };
}

async function writeSettings({ folder, host, port, marksPort, gateways, isBehindProxy }: Omit<CdnOptions, 'report'>) {
  const kept = join(folder, 'kept');
  for (const room of [kept, join(folder, 'temporary')]) await mkdir(room, { recursive: true, mode: 0o700 });
  const values: Readonly<Record<string, string>> = {
    CDN_LISTEN: `${host}:${String(port)}`,
    CDN_MARKS: `127.0.0.1:${String(marksPort)}`,
    CDN_ORIGIN: 'gateways',
    CDN_TRUSTED: isBehindProxy ? '127.0.0.1' : 'unix:',
    CDN_FOLDER: kept,
  };
  const template = await readFile(TEMPLATE, 'utf8');
  await writeFile(
    join(folder, 'cdn.conf'),
    template.replaceAll(/\$\{(CDN_[A-Z]+)\}/gu, (_whole, name: string) => values[name] ?? ''),
  );
  const settings = join(folder, 'nginx.conf');
  await writeFile(settings, mainSettings(folder, gateways), { mode: 0o600 });
  return { kept, settings };
}

/** What is nginx' own and not the cache's. */
const mainSettings = (folder: string, gateways: readonly number[]): string =>
  [
    'daemon off;',
    // Its workers would else be somebody who may not enter the folder.
    ...(getuid?.() === 0 ? ['user root;'] : []),
    'worker_processes auto;',
    `pid ${folder}/pid;`,
    'error_log stderr warn;',
    'events { worker_connections 4096; }',
    'http {',
    ...TEMPORARY.map((name) => `  ${name}_temp_path ${folder}/temporary/${name};`),
    `  upstream gateways { ${gateways.map((gateway) => `server 127.0.0.1:${String(gateway)};`).join(' ')} }`,
    `  include ${folder}/cdn.conf;`,
    '}',
    '',
  ].join('\n');
