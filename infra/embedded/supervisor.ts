import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { loaderOf } from '@plaza/kernel/program';

const root = fileURLToPath(new URL('../../', import.meta.url));
const leash = new URL('leash.mjs', import.meta.url).href;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** Who lived so long starts from the shortest pause again. */
const HEALTHY_MS = 30_000;

/** A program that is kept running. */
export interface Supervised {
  readonly name: string;
  /** Of the process that runs now; undefined between two. */
  readonly pid: () => number | undefined;
  /** SIGTERM; SIGKILL for one that has not ended after `patienceMs`. */
  readonly stop: (patienceMs: number) => Promise<void>;
}

/** What is run, and who learns of it. */
export interface Program {
  readonly name: string;
  readonly program: URL;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: (line: string) => void;
  /** What `node` is told besides. */
  readonly nodeArguments?: readonly string[];
}

/** Keep a program running in a process of its own: one that ends unasked is started again, after a pause that doubles each time. */
export function supervise({ name, program, env, report, nodeArguments = [] }: Program): Supervised {
  let child: ChildProcess | undefined;
  let stopping = false;
  const asleep = new AbortController();

  async function run(): Promise<void> {
    for (let wait = FIRST_PAUSE_MS; !stopping; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      const began = Date.now();
      const how = await once();
      child = undefined;
      if (stopping) return;
      if (Date.now() - began > HEALTHY_MS) wait = FIRST_PAUSE_MS;
      report(`${name} ended (${how}); it starts again in ${String(wait / 1000)} s`);
      await pause(wait, undefined, { signal: asleep.signal }).catch(() => undefined);
    }
  }

  async function once(): Promise<string> {
    const started = fork(fileURLToPath(program), {
      cwd: root,
      env,
      execArgv: [...nodeArguments, ...loaderOf(program), '--import', leash, '--enable-source-maps'],
      // In a group of its own: Ctrl-C reaches it through us, once.
      detached: true,
      // What it says on standard output is for those who start it by hand.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = started;
    return new Promise((ended) => {
      started.once('error', (error) => ended(error.message));
      started.once('exit', (code, signal) => ended(signal ?? `exit code ${String(code)}`));
    });
  }

  const running = run();
  return {
    name,
    pid: () => child?.pid,
    async stop(patienceMs) {
      stopping = true;
      asleep.abort();
      child?.kill('SIGTERM');
      const late = new AbortController();
      void pause(patienceMs, undefined, { signal: late.signal }).then(
        () => {
          report(`${name} did not stop within ${String(patienceMs / 1000)} s`);
          child?.kill('SIGKILL');
        },
        () => undefined,
      );
      await running;
      late.abort();
    },
  };
}
