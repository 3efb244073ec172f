/** The repository's root, an absolute path. */
export const root: string;

/** What is built of the sources, in a folder of its own (an absolute path). `programs`: the paths of their sources from the root. */
export interface Build {
  readonly folder: string;
  readonly programs: ReadonlySet<string>;
}

/** What is built of the sources as this process first found them; made anew, in about a second, only when one of them has changed since the last. */
export function newestBuild(): Promise<Build>;

/**
 * The built file of a program, an absolute path. `program` is its source's path from the root: the main.ts of the gateway or of a subgraph,
 * infra/embedded/{main,processes}.ts, or a *.worker.ts. @throws Error when it is none
 */
export function built(program: string): Promise<string>;

/** The same for a program that is none of those, a benchmark that is to run as they do. It is made anew each time. */
export function builtApart(program: string): Promise<string>;

/** Keeps the build of this process from being taken away as one that nobody needs any more, for as long as it runs. */
export function keepBuild(): void;

/** A module's text with the built programs in place of the sources of programs that it names, as `new URL('x.worker.ts', import.meta.url)`. */
export function withBuiltPrograms(text: string, path: string, build: Build): string;
