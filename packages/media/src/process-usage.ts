import { readFile } from 'node:fs/promises';

/** What a process and its children take. */
export interface Usage {
  /** Resident memory, in bytes. */
  readonly memoryBytes: number;
  /** CPU time so far, of ended children too, in milliseconds. */
  readonly cpuMs: number;
}

const PAGE = 4096;
/** Of the kernel's clock, a second: the same on every Linux that Node runs on. */
const TICKS = 100;
const NOTHING: Usage = { memoryBytes: 0, cpuMs: 0 };

/** Of the process and all below it, as far as the system tells: zeros where there is no /proc, and once it is gone. */
export async function usageOf(pid: number): Promise<Usage> {
  try {
    const [stat, children] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''),
    ]);
    // The name stands in parentheses and may hold anything; after it come the state (field 3) and numbers.
    const field = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const number = (at: number): number => Number(field[at - 3] ?? 0);
    const below = await Promise.all(
      children
        .split(' ')
        .filter(Boolean)
        .map((child) => usageOf(Number(child))),
    );
    return below.reduce((sum, one) => ({ memoryBytes: sum.memoryBytes + one.memoryBytes, cpuMs: sum.cpuMs + one.cpuMs }), {
      memoryBytes: number(24) * PAGE,
      cpuMs: ((number(14) + number(15) + number(16) + number(17)) * 1_000) / TICKS,
    });
  } catch {
    return NOTHING;
  }
}
