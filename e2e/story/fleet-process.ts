import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Running, running } from '@plaza/distributed/control';
import { readConfig } from '@plaza/embedded/config';
import { end } from '../child.js';

const READY_MS = 300_000;
const LOOK_MS = 100;

/** The Plaza of `npm run start:distributed` in PLAZA_DATA_DIR, on the engines that `npm run infra:up` has started there: one can stop it and start it again. */
export class FleetProcess {
  readonly #dataDir = join(readConfig(process.env).dataDir, 'distributed');
  #child: ChildProcess | null = null;

  /** Resolves when it is ready, with where it is. @throws Error when one runs there already, or it ends while it starts */
  async start(): Promise<Running> {
    if ((await this.#standing()) !== null) throw new Error('a Plaza runs there already: give its --url');
    const child = spawn(process.execPath, ['infra/build/run.mjs', 'infra/distributed/main.ts'], { stdio: ['ignore', 'ignore', 'inherit'] });
    this.#child = child;
    for (const until = Date.now() + READY_MS; ; await pause(LOOK_MS)) {
      const plaza = await this.#standing();
      if (plaza !== null) return plaza;
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended while it started');
      if (Date.now() > until) throw new Error(`it is not ready after ${String(READY_MS)} ms`);
    }
  }

  /** Drains and ends all of its processes. The engines go on. */
  async stop(): Promise<void> {
    if (this.#child !== null) await end(this.#child, 'SIGTERM');
  }

  /** What says where it is may be left over from one that ended without a word: then nobody answers there. */
  async #standing(): Promise<Running | null> {
    const plaza = await running(this.#dataDir);
    if (plaza === undefined) return null;
    const isThere = await fetch(plaza.control).then(
      () => true,
      () => false,
    );
    return isThere ? plaza : null;
  }
}
