import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
/** This repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const AMPLE = { maxBuffer: 64 * 1024 * 1024 };

/** How many of the last commits with migrations the commit before which an upgrade begins has not seen. */
const NEWER = 3;

const Lock = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional(), resolved: z.string().optional() })) });
const Scripts = z.object({ scripts: z.object({ start: z.string() }) });

/** The commit before the last few that brought migrations. @throws Error where the history is too short */
export async function beforeLastMigrations(): Promise<string> {
  const { stdout } = await run('git', ['log', '-n', String(NEWER), '--format=%H', '--', 'prisma/*/migrations/*'], { cwd: ROOT });
  const oldest = stdout.trim().split('\n').at(-1);
  if (oldest === undefined || oldest === '') throw new Error('git knows no commit with migrations here');
  return `${oldest}~1`;
}

/** Checks a commit out as it was, with what is generated of it, and packages of its own where its lock is another one. */
export async function checkOut(commit: string, place: string, say: (line: string) => void): Promise<void> {
  await run('git', ['worktree', 'add', '--detach', place, commit], { cwd: ROOT });
  const [mine, theirs] = [await packagesOf(ROOT), await packagesOf(place)];
  const others = [...theirs].filter(([name, version]) => mine.get(name) !== version);
  if (others.length === 0) {
    say('its packages are the ones that are here');
    const [from, to] = [join(ROOT, 'node_modules'), join(place, 'node_modules')];
    await run('cp', ['-al', from, to]).catch(async () => run('cp', ['-a', from, to]));
  } else {
    say(`${String(others.length)} other packages: npm ci`);
    await run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: place, ...AMPLE });
  }
  await run('npm', ['run', 'codegen'], { cwd: place, ...AMPLE });
}

/** Takes a checkout away again. */
export async function giveUp(place: string): Promise<void> {
  await run('git', ['worktree', 'remove', '--force', place], { cwd: ROOT });
}

/** What a checkout has from npm: version by place. */
async function packagesOf(checkout: string): Promise<ReadonlyMap<string, string>> {
  const lock = Lock.parse(JSON.parse(await readFile(join(checkout, 'package-lock.json'), 'utf8')));
  return new Map(
    Object.entries(lock.packages).flatMap(([place, { version, resolved }]) =>
      version === undefined || resolved === undefined ? [] : [[place, version]],
    ),
  );
}

/** What Node is given there by `npm start`: not every commit had a build. */
export async function startOf(checkout: string): Promise<readonly string[]> {
  const { scripts } = Scripts.parse(JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')));
  return scripts.start.replace(/^exec node /u, '').split(' ');
}
