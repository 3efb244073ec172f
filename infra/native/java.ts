import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { need, run } from './tools.js';

const HINT = 'Install Maven 3 and a Java of at least 17.';

/** What a program's project file beside this one asks for, brought by Maven to `draft/lib`. @throws EngineError for a missing toolchain. */
export async function fetchJars(engine: string, projectFile: string, draft: string): Promise<void> {
  await need(engine, ['mvn', 'java'], HINT);
  const project = fileURLToPath(new URL(projectFile, import.meta.url));
  await run('mvn', ['--batch-mode', '--quiet', '-f', project, 'dependency:copy-dependencies', `-DoutputDirectory=${join(draft, 'lib')}`]);
}

/** The classpath of what {@link fetchJars} brought to an engine's folder. */
export const jarsOf = (folder: string): string => join(folder, 'program', 'lib', '*');
