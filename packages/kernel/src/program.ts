import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Whether a program is a source, which only a loader of TypeScript can run, and not what was built from one. */
export const isSource = (program: URL): boolean => program.pathname.endsWith('.ts');

/** What `node` is to be told to run a program, before the program's own path. */
export const loaderOf = (program: URL): readonly string[] =>
  isSource(program) ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];

/** The arguments of a `node` that runs a program. */
export const argumentsOf = (program: URL): readonly string[] => [...loaderOf(program), fileURLToPath(program)];
