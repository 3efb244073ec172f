import { existsSync } from 'node:fs';
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

/** Whether there is such a process that is more than a name which nobody has asked after yet. */
export async function runs(pid: number): Promise<boolean> {
  const status = await readFile(join('/proc', String(pid), 'stat'), 'utf8').catch(() => '');
  return status !== '' && !/^[ZX]/u.test(status.slice(status.lastIndexOf(')') + 2));
}

/** Whether there is such a process, were it only its name. */
export const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`);
