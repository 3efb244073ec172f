import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A Plaza as its operator sees it: a process, what it prints, an address. */
export interface PlazaProcess {
  readonly pid: number;
  readonly output: () => string;
  /** Resolves with the exit code, or the signal's name, once it has ended. */
  readonly exited: Promise<number | string>;
  /** Resolves with its address and the seconds since its launch, once it says that it is ready. @throws Error with its output when it ends before. */
  readonly ready: Promise<{ readonly url: string; readonly seconds: number }>;
  readonly signal: (name: NodeJS.Signals) => void;
}

/** Start one with nothing in its environment but what a shell has and `variables`. */
export function launch(variables: Readonly<Record<string, string>>, entry = 'infra/embedded/main.ts'): PlazaProcess {
  const began = performance.now();
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['infra/build/run.mjs', entry], {
    cwd: root,
    env: { PATH, HOME, PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });
  const ready = new Promise<{ url: string; seconds: number }>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      const url = /Graph\s+(http:\S+?)\/graphql\s/u.exec(output)?.[1];
      if (url !== undefined && output.includes('Ctrl-C stops.')) resolve({ url, seconds: (performance.now() - began) / 1000 });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then((code) => {
      reject(new Error(`ended with ${String(code)}:\n${output}`));
    });
  });
  ready.catch(() => undefined); // many a case expects it to end
  return { pid: pidOf(child), output: () => output, exited, ready, signal: (name) => child.kill(name) };
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('node was not started');
  return child.pid;
}

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly args: string;
}

async function listProcesses(): Promise<Listed[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,stat=,args=', '-ww']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, stat, args] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/u.exec(line) ?? [];
    return pid === undefined || parent === undefined || args === undefined || stat?.startsWith('Z') === true
      ? []
      : [{ pid: Number(pid), parent: Number(parent), args }];
  });
}

/** Every process that belongs to a Plaza: itself, its children at any depth, the PostgreSQL of its data folder. */
export async function processesOf(plaza: { readonly pid: number }, dataDir: string): Promise<number[]> {
  const all = await listProcesses();
  const found = new Set<number>([plaza.pid]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  for (const { pid, args } of all) if (args.includes(dataDir)) found.add(pid);
  return all.filter(({ pid }) => found.has(pid)).map(({ pid }) => pid);
}

/** The process below a Plaza that runs this program; undefined while there is none. */
export async function childOf(plaza: { readonly pid: number }, path: string): Promise<number | undefined> {
  return (await listProcesses()).find(({ parent, args }) => parent === plaza.pid && args.includes(path))?.pid;
}

/** Those of the processes that still run. */
export async function alive(pids: readonly number[]): Promise<number[]> {
  const all = new Set((await listProcesses()).map(({ pid }) => pid));
  return pids.filter((pid) => all.has(pid));
}
