import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The processes that a process has started, with what they call themselves. */
export async function childrenOf(pid: number): Promise<readonly { readonly pid: number; readonly title: string }[]> {
  const children: { pid: number; title: string }[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    const [status, title] = await Promise.all(
      ['stat', 'cmdline'].map(async (file) => readFile(join('/proc', name, file), 'utf8').catch(() => '')),
    );
    const parent = Number(status?.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === pid) children.push({ pid: Number(name), title: title?.replaceAll('\0', ' ').trim() ?? '' });
  }
  return children;
}

/** Sends a signal to a process that may have gone. @returns whether there was one */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  if (pid <= 1) return false;
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** The process that holds a data folder's PostgreSQL; 0 where there is none. */
export async function postmasterOf(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number(text.split('\n')[0] ?? 0);
}
