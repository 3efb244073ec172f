import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Linux counts processors' time in hundredths of a second. */
const TICK_MS = 10;

/** For those who look into gateways: `BENCH_NODE_ARGS=--cpu-prof`. */
export const NODE_ARGS: readonly string[] = (process.env['BENCH_NODE_ARGS'] ?? '').split(' ').filter(Boolean);

/** Starts a module of this folder that takes jobs over IPC. */
export const forked = (name: string): ChildProcess =>
  fork(fileURLToPath(new URL(`${name}.process.ts`, import.meta.url)), {
    execArgv: ['--import', 'tsx', ...NODE_ARGS],
    env: { ...process.env, NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1' },
  });

/** Gives it a job and waits for what it says. @throws Error when it ends instead */
export async function told<T>(child: ChildProcess, job: object | string): Promise<T> {
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`A process of the benchmark ended (${String(code)}).`);
  });
  ended.catch(() => undefined);
  const answer = once(child, 'message');
  child.send(job);
  const [message] = (await Promise.race([answer, ended])) as [T]; // each process has one kind of answer
  return message;
}

/** The process and all that it started. */
function family(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(family)];
}

/** Processor time of all of them so far. Linux only. */
export function cpuMs(pid: number): number {
  return family(pid).reduce((sum, member) => {
    const text = readFileSync(`/proc/${member}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }, 0);
}

/** Resident memory of all of them. */
export function rssMiB(pid: number): number {
  return family(pid).reduce((sum, member) => {
    const kib = /VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${member}/status`, 'utf8'))?.[1];
    return sum + Number(kib ?? 0) / 1024;
  }, 0);
}
