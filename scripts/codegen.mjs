/**
 * Writes everything that is generated and not committed: the Prisma client of each prisma/<subgraph>/schema.prisma and, for
 * each subgraph with modules, its types, resolver map and type definitions (*.generated.ts). A resolver without a file gets a
 * stub; a file that is there keeps what it says. Plain JavaScript, because `npm ci` runs it.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';

const HELP = `npm run codegen

Generates the Prisma clients (prisma/generated/<subgraph>) and, by codegen.yml, the types and resolver maps of every subgraph.
A resolver that has no file yet gets a stub to fill in. Nothing that is committed is overwritten.`;

const require = createRequire(import.meta.url);
chdir(fileURLToPath(new URL('..', import.meta.url)));

if (process.argv.includes('--help')) {
  console.log(HELP);
} else {
  const started = performance.now();
  const failed = (await Promise.allSettled([...prismaSchemas().map(generateClient), generateResolvers()])).filter(
    ({ status }) => status === 'rejected',
  );
  for (const { reason } of failed) console.error(reason instanceof Error ? reason.message : reason);
  if (failed.length > 0) process.exitCode = 1;
  else console.log(`codegen: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Prisma's CLI wants its native engine to exist, though `generate` never runs it: any file will do, and no download happens. */
async function generateClient(schema) {
  const manifest = require.resolve('prisma/package.json');
  const cli = join(dirname(manifest), require(manifest).bin.prisma);
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: manifest, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  const child = spawn(process.execPath, [cli, 'generate', '--schema', schema], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk) => (words += chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`prisma generate failed for ${schema}:\n${words}`);
}

async function generateResolvers() {
  const { generate, loadCodegenConfig } = await import('@graphql-codegen/cli');
  const { config } = await loadCodegenConfig({ configFilePath: 'codegen.yml' });
  const blocks = Object.entries(config.generates);
  const before = resolverFiles();
  // Apart from each other, so that a slip in one schema spoils one subgraph's types, not all.
  const runs = await Promise.allSettled(
    blocks
      .filter(([output]) => sdlOf(output).length > 0)
      .map(([output, block]) => generate({ ...config, generates: { [output]: withoutStubTypes(output, block) }, silent: true }, true)),
  );
  await formatNew(before);
  const failed = runs.filter(({ status }) => status === 'rejected');
  if (failed.length > 0) throw new Error(failed.map(({ reason }) => reason.message).join('\n'));
}

/** Types that a subgraph only refers to (every key unresolvable) have nothing to resolve: no file for them. */
function withoutStubTypes(output, block) {
  const stubs = sdlOf(output).flatMap(({ module, sdl }) =>
    [...sdl.matchAll(/^(?:extend )?type (\w+)([^{]*)\{/gm)]
      .filter(
        ([, , head]) => head.includes('@key') && [...head.matchAll(/@key\([^)]*\)/g)].every(([key]) => key.includes('resolvable: false')),
      )
      .map(([, type]) => `!${module}.${type}`),
  );
  const { resolverGeneration } = block.presetConfig;
  const object = [...resolverGeneration.object, ...stubs];
  return { ...block, presetConfig: { ...block.presetConfig, resolverGeneration: { ...resolverGeneration, object } } };
}

function prismaSchemas() {
  return readdirSync('prisma')
    .map((name) => `prisma/${name}/schema.prisma`)
    .filter((path) => existsSync(path));
}

function sdlOf(modules) {
  if (!existsSync(modules)) return [];
  return readdirSync(modules)
    .map((module) => ({ module, path: join(modules, module, 'schema.graphql') }))
    .filter(({ path }) => existsSync(path))
    .map(({ module, path }) => ({ module, sdl: readFileSync(path, 'utf8') }));
}

/** @returns {Map<string, string>} content by path, for every resolver file there is. */
function resolverFiles() {
  return new Map(
    readdirSync('subgraphs')
      .map((name) => `subgraphs/${name}/src/modules`)
      .filter((modules) => existsSync(modules))
      .flatMap((modules) => readdirSync(modules, { recursive: true }).map((path) => join(modules, path)))
      .filter((path) => path.includes('/resolvers/') && path.endsWith('.ts'))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );
}

async function formatNew(before) {
  const changed = [...resolverFiles()].filter(([path, text]) => before.get(path) !== text);
  if (changed.length === 0) return;
  const { format, resolveConfig } = await import('prettier');
  for (const [path, text] of changed) {
    writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
    console.log(`${before.has(path) ? 'changed' : 'new'} ${path}`);
  }
}
