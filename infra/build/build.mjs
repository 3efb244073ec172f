/**
 * Makes from the sources what runs: each program with all code of this repository that it reads, in a few files; packages from npm stay outside.
 * Read module by module through a loader of TypeScript, a subgraph takes three times as long to start. Plain JavaScript, because it runs
 * before there is anything that could read TypeScript.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = join(root, 'dist');

/** Where code lies that runs. */
const ROOMS = ['gateway/src', 'infra', 'packages', 'prisma/generated', 'subgraphs'];
const NOT_RUN = /\.(?:test|d)\.ts$|(?:^|\/)(?:node_modules|test|testing)\//u;
/** What runs in a process or a thread of its own. */
const PROGRAM =
  /^(?:gateway|subgraphs\/[^/]+)\/src\/main\.ts$|^infra\/(?:embedded\/(?:main|processes)|(?:distributed|migrate)\/main)\.ts$|\.worker\.ts$/u;
/** A build that nobody has asked for, and no program has run from, for so long is taken away. */
const KEPT_MS = 24 * 3_600_000;
const TOUCHED_EVERY_MS = 3_600_000;
/** Its name, also while it is being made. */
const BUILD = /^[0-9a-f]{16}(?:\.\d+)?$/u;

/** For a program that runs for days and may yet read a part of its build. */
export function keepBuild() {
  setInterval(() => void newestBuild().then(touch), TOUCHED_EVERY_MS).unref();
}

const touch = ({ folder }) => {
  const now = new Date();
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  );
};

/** @type {Promise<{ folder: string, programs: ReadonlySet<string> }> | undefined} */
let newest;

/** What is built of the sources as this process first found them; made anew only when one of them has changed since the last. */
export function newestBuild() {
  return (newest ??= findOrMake());
}

async function findOrMake() {
  const sources = ROOMS.flatMap(sourcesIn);
  const programs = new Set(sources.map(({ path }) => path).filter((path) => PROGRAM.test(path)));
  const state = [root, await readFile(fileURLToPath(import.meta.url), 'utf8'), sources];
  const folder = join(dist, createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 16));
  if (!(await touch({ folder }))) await make({ folder, programs });
  return { folder, programs };
}

/** The built file of a program: an absolute path. */
export async function built(program) {
  const { folder, programs } = await newestBuild();
  if (!programs.has(program)) throw new Error(`${program} is no program. There are: ${[...programs].join(', ')}.`);
  return join(folder, asJs(program));
}

/** A module's text with the built programs in place of the sources of programs that it names, as `new URL('x.worker.ts', import.meta.url)`. */
export function withBuiltPrograms(text, path, { folder, programs }) {
  return text.replaceAll(/new URL\('([^']+\.ts)', import\.meta\.url\)/gu, (whole, to) => {
    const program = relative(root, fileURLToPath(new URL(to, pathToFileURL(path))));
    return programs.has(program) ? `new URL(${JSON.stringify(pathToFileURL(join(folder, asJs(program))).href)})` : whole;
  });
}

/** The built file of a program that is none of those: of a benchmark, which is to run as they do. It is made anew each time. */
export async function builtApart(program) {
  const { programs } = await newestBuild();
  const folder = join(dist, `${createHash('sha256').update(program).digest('hex').slice(0, 16)}.${process.pid}`);
  await make({ folder, programs: new Set([...programs, program]) });
  return join(folder, asJs(program));
}

/** @returns {{ path: string, mtimeMs: number, size: number }[]} */
function sourcesIn(room) {
  return readdirSync(join(root, room), { withFileTypes: true, recursive: true })
    .map((file) => (file.isFile() && file.name.endsWith('.ts') ? relative(root, join(file.parentPath, file.name)) : ''))
    .filter((path) => path !== '' && !NOT_RUN.test(path))
    .toSorted()
    .map((path) => {
      const { mtimeMs, size } = statSync(join(root, path));
      return { path, mtimeMs, size };
    });
}

/** Whoever is first puts it in its place; another who made the same at the same time lets theirs go. */
async function make({ folder, programs }) {
  const { build, stop } = await import('esbuild');
  const mine = `${folder}.${process.pid}`;
  await build({
    entryPoints: [...programs].map((path) => join(root, path)),
    outdir: mine,
    outbase: root,
    entryNames: '[dir]/[name]',
    chunkNames: 'shared/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [packagesOutside, { name: 'own place', setup: (made) => keepPlaces(made, { folder, programs }) }],
  });
  await stop();
  await rename(mine, folder).catch(async (error) => {
    await rm(mine, { recursive: true, force: true });
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  });
  await forgetOld();
}

const packagesOutside = {
  name: 'packages outside',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@plaza/') ? undefined : { path, external: true },
    ),
};

/** A module looks for files from where its source lies, and for a program where that was built. */
function keepPlaces({ onLoad }, made) {
  onLoad({ filter: /\.ts$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8');
    if (!text.includes('import.meta.')) return undefined;
    const place = JSON.stringify(pathToFileURL(path).href);
    return { contents: withBuiltPrograms(text, path, made).replaceAll(/\bimport\.meta\.url\b/gu, place), loader: 'ts' };
  });
}

async function forgetOld() {
  const before = Date.now() - KEPT_MS;
  for (const name of await readdir(dist)) {
    if (!BUILD.test(name)) continue;
    const folder = join(dist, name);
    const isOld = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs < before,
      () => false,
    );
    if (isOld) await rm(folder, { recursive: true, force: true });
  }
}

const asJs = (path) => path.replace(/\.ts$/u, '.js');
