import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** CPU that a cluster's processes have used until now, in ms: the postmaster, its children, and those that ended. NaN without /proc. */
export function postgresCpuMs(dataDir: string): number {
  try {
    const postmaster = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    const tick = 1_000 / ticksPerSecond();
    let ticks = 0;
    for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const stat = statOf(entry);
      if (stat === null) continue;
      if (Number(entry) === postmaster) ticks += stat.own + stat.ended;
      else if (stat.parent === postmaster) ticks += stat.own;
    }
    return ticks * tick;
  } catch {
    return Number.NaN;
  }
}

/** /proc/<pid>/stat: after the name in parentheses come state, parent, … and at 14 to 17 user and system ticks, own and of ended children. */
function statOf(pid: string): { readonly parent: number; readonly own: number; readonly ended: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (index: number): number => Number(fields[index - 3]);
    return { parent: at(4), own: at(14) + at(15), ended: at(16) + at(17) };
  } catch {
    return null; // it ended while we looked
  }
}

let known: number | undefined;
const ticksPerSecond = (): number => (known ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).trim()));
