import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GATEWAY_NODE_ARGUMENTS } from '@plaza/gateway/node-arguments';
import { end } from './child.js';

const ENTRIES = { embedded: 'infra/embedded/main.ts', processes: 'infra/embedded/processes.ts' } as const;
/** As `npm start` and `npm run start:processes` have them. */
const NODE_ARGUMENTS = { embedded: GATEWAY_NODE_ARGUMENTS, processes: [] } as const;

const READY_MS = 180_000;

/** The two ways of running. */
export type Mode = keyof typeof ENTRIES;
export const MODES = Object.keys(ENTRIES) as readonly Mode[];

/** Where its program lies, and where its standard error goes. */
export interface Place {
  /** A copy of this repository; this one without it. */
  readonly root?: string;
  /** What Node is given there; what is built of its entry without it. */
  readonly program?: readonly string[];
  /** A file; without it what it says is said here. */
  readonly log?: string;
}

/** So many people register from one address in a test. */
const OPEN_LIMITS = {
  PLAZA_LIMIT_REGISTER_PER_HOUR: '1000000',
  PLAZA_LIMIT_LOGIN_PER_HOUR: '1000000',
  PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ADDRESS: '0',
  PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ACCOUNT: '0',
};

/** A Plaza of its own: a data folder, a port, and a process that can be stopped, killed and started again. */
export class PlazaProcess {
  readonly #mode: Mode;
  readonly #folder: string;
  readonly #port: number;
  readonly #env: Readonly<Record<string, string>>;
  readonly #place: Place;
  #child: ChildProcess | null = null;

  private constructor(mode: Mode, folder: string, port: number, env: Readonly<Record<string, string>>, place: Place = {}) {
    this.#mode = mode;
    this.#folder = folder;
    this.#port = port;
    this.#env = env;
    this.#place = place;
  }

  /** Starts one on a data folder that is there. */
  static async on(folder: string, mode: Mode, env: Readonly<Record<string, string>>, place: Place = {}): Promise<PlazaProcess> {
    const plaza = await PlazaProcess.over(folder, mode, env, place);
    await plaza.start();
    return plaza;
  }

  /** One over a data folder that is there, not started yet. */
  static async over(folder: string, mode: Mode, env: Readonly<Record<string, string>>, place: Place = {}): Promise<PlazaProcess> {
    return new PlazaProcess(mode, folder, await freePort(), env, place);
  }

  /** Starts one on a fresh data folder, without the demo. */
  static async start(mode: Mode, env: Readonly<Record<string, string>> = {}): Promise<PlazaProcess> {
    const plaza = new PlazaProcess(mode, await mkdtemp(join(tmpdir(), 'plaza-e2e-')), await freePort(), env);
    await plaza.start();
    return plaza;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/graphql`;
  }

  /** Its data folder. */
  get folder(): string {
    return this.#folder;
  }

  /** On the same folder. Resolves when it is ready. */
  async start(): Promise<void> {
    const env = { ...process.env, ...OPEN_LIMITS, ...this.#env, PORT: String(this.#port), PLAZA_DATA_DIR: this.#folder, PLAZA_DEMO: '0' };
    const log = this.#place.log === undefined ? null : openSync(this.#place.log, 'a');
    const child = spawn(
      process.execPath,
      this.#place.program ?? [...NODE_ARGUMENTS[this.#mode], 'infra/build/run.mjs', ENTRIES[this.#mode]],
      {
        env,
        stdio: ['ignore', 'ignore', log ?? 'inherit'],
        ...(this.#place.root === undefined ? {} : { cwd: this.#place.root }),
      },
    );
    if (log !== null) closeSync(log);
    this.#child = child;
    const ready = async () => (await fetch(`http://127.0.0.1:${this.#port}/health/ready`).catch(() => null))?.ok === true;
    for (const until = Date.now() + READY_MS; !(await ready());) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`Plaza ended with ${child.signalCode ?? String(child.exitCode)} while it started`);
      }
      if (Date.now() > until) throw new Error(`Plaza is not ready after ${READY_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Of its process; 0 where there is none. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** How its process ended; null while it runs. */
  get end(): string | null {
    const child = this.#child;
    if (child === null) return 'never started';
    return child.signalCode ?? (child.exitCode === null ? null : `exit code ${child.exitCode}`);
  }

  /** SIGTERM, and everything drained. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** SIGKILL of the parent, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it and removes its folder. After a kill its PostgreSQL still runs: only a start can end it. */
  async remove(): Promise<void> {
    if (this.#child?.signalCode === 'SIGKILL') await this.start();
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child !== null) await end(this.#child, signal);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
