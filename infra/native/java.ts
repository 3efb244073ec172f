import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { delimiter, join } from 'node:path';
import type { Command } from './daemon.js';
import type { Engine, EngineName } from './engine.js';
import { madeOnce, need, run } from './tools.js';

const HINT = 'Install Maven 3 and a JDK of at least 17.';

/** Brings what a program's project file beside this one asks for. @throws EngineError for a missing toolchain. */
export const jarsByMaven =
  (engine: EngineName, projectFile: string): Engine['install'] =>
  async ({ folder }, at) => {
    await madeOnce(folder, async (draft) => {
      await need(engine, ['mvn', 'java'], HINT);
      at('by Maven');
      const project = fileURLToPath(new URL(projectFile, import.meta.url));
      await run('mvn', [
        '--batch-mode',
        '--quiet',
        '-f',
        project,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${join(draft, 'lib')}`,
      ]);
    });
  };

const jarsOf = (folder: string): string => join(folder, 'program', 'lib', '*');

/** A program of the jars, run to its end. */
export async function runJava(folder: string, args: readonly string[]): Promise<void> {
  await run('java', [...QUICK, '-cp', jarsOf(folder), ...args]);
}

/** Engines of one machine for one person: what counts is that they are there soon, and leave the processors to others. */
const QUICK = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'];

/** How an engine of the jars is started. `classes`: more of them, see {@link compiled}. */
export const javaCommand = (folder: string, heap: string, args: readonly string[], classes: readonly string[] = []): Command => ({
  command: 'java',
  args: [`-Xmx${heap}`, ...QUICK, '-cp', [...classes, jarsOf(folder)].join(delimiter), ...args],
});

/** The folder with the classes of a source file beside this one, compiled once for each text of it. @throws EngineError for a missing compiler. */
export async function compiled(engine: EngineName, folder: string, sourceFile: string): Promise<string> {
  const source = fileURLToPath(new URL(sourceFile, import.meta.url));
  const digest = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 12);
  const classes = join(folder, `classes-${digest}`);
  if (existsSync(classes)) return classes;
  await need(engine, ['javac'], HINT);
  const draft = `${classes}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  await run('javac', ['-d', draft, '-cp', jarsOf(folder), source]);
  await rename(draft, classes);
  return classes;
}
