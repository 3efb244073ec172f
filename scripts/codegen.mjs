/**
 * Writes everything that is generated and not committed: the Prisma client of each prisma/<subgraph>/schema.prisma and, for
 * each subgraph with modules, its types, resolver map and type definitions (*.generated.ts). A resolver without a file gets a
 * stub; a file that is there keeps what it says. Plain JavaScript, because `npm ci` runs it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { chdir, cwd } from 'node:process';
import { fileURLToPath } from 'node:url';

const HELP = `npm run codegen

Generates the Prisma clients (prisma/generated/<subgraph>) and, by codegen.yml, the types and resolver maps of every subgraph and the typed
documents of examples/, against schema/api.graphql as it was composed last.
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
  const made = join('prisma/generated', basename(dirname(schema)), 'made-from');
  const from = createHash('sha256').update(readFileSync(schema)).update(readFileSync(manifest)).digest('hex');
  if (existsSync(made) && readFileSync(made, 'utf8') === from) return;
  const cli = join(dirname(manifest), require(manifest).bin.prisma);
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: manifest, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  const child = spawn(process.execPath, [cli, 'generate', '--schema', schema], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk) => (words += chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`prisma generate failed for ${schema}:\n${words}`);
  writeFileSync(made, from);
}

async function generateResolvers() {
  const { generate, loadCodegenConfig } = await import('@graphql-codegen/cli');
  const { config } = await loadCodegenConfig({ configFilePath: 'codegen.yml' });
  const blocks = Object.entries(config.generates).filter(([, { documents }]) => documents === undefined);
  // Apart from each other, so that a slip in one schema spoils one subgraph's types, not all.
  const runs = await Promise.allSettled(
    blocks
      .filter(([output]) => sdlOf(output).length > 0)
      .map(async ([output, block]) => {
        const files = await generate({ ...config, generates: { [output]: withoutStubTypes(output, block) }, silent: true }, false);
        const externals = externalFields(output);
        for (const { filename, content } of files)
          await write(relative(cwd(), filename), withoutEnums(withoutExternals(content, externals)));
      }),
  );
  // Afterwards: two that load their plugins at once are too much for Node 20.
  const failed = [...runs, ...(await generateDocuments(generate, config))].filter(({ status }) => status === 'rejected');
  if (failed.length > 0) throw new Error(failed.map(({ reason }) => reason.message).join('\n'));
}

/** What clients of ours ask, typed. */
function generateDocuments(generate, config) {
  const blocks = Object.entries(config.generates).filter(([, { documents }]) => documents !== undefined);
  return Promise.allSettled(
    blocks.map(async ([output, block]) => {
      const files = await generate({ ...config, generates: { [output]: block }, silent: true }, false);
      for (const { filename, content } of files) await write(relative(cwd(), filename), content);
    }),
  );
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

/** Fields that the subgraph only reads: the preset asks for their resolvers, the types have none. */
function externalFields(modules) {
  return new Set(sdlOf(modules).flatMap(({ sdl }) => [...sdl.matchAll(/^ +(\w+):[^\n]*@external/gm)].map(([, field]) => field)));
}

function withoutExternals(text, externals) {
  return text.replace(/: Pick<(\w+Resolvers), *([^>]*)>/, (_, type, picked) => {
    const names = picked.split('|').map((name) => name.trim());
    return `: Pick<${type}, ${names.filter((name) => !externals.has(name.slice(1, -1))).join(' | ')}>`;
  });
}

/** Enums are their own values here; their resolver types are none that @apollo/subgraph takes. */
function withoutEnums(text) {
  const enums = [...text.matchAll(/^export type (\w+)Resolvers = EnumResolverSignature.*\n/gm)].map(([, name]) => name);
  return enums.reduce((rest, name) => rest.replace(`  ${name}?: ${name}Resolvers;\n`, ''), text);
}

/** Writes only what says something else than before, so that nothing reloads in vain. Resolvers are written as prettier would. */
async function write(path, content) {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null;
  if (before === content) return;
  if (path.endsWith('.generated.ts')) return put(path, content);
  const pretty = await formatted(path, content);
  if (before !== null && pretty === (await formatted(path, before))) return;
  put(path, pretty);
  console.log(`${before === null ? 'new' : 'changed'} ${path}`);
}

function put(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function formatted(path, text) {
  const { format, resolveConfig } = await import('prettier');
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}
