import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addTypenameToDocument } from '@apollo/client/utilities';
import type { GraphQLSchema } from 'graphql';
import {
  allowedNames,
  brokenOperations,
  changes,
  committedApi,
  committedOperations,
  committedPublic,
  refusedOperations,
} from './graph/breaking.js';
import { clientManifests, clientProblems } from './graph/clients.js';
import { compose } from './graph/compose.js';
import { type Manifest, readOperations } from './graph/operations.js';
import { graphRules } from './graph/rules.js';
import { readSubgraphs } from './graph/sdl.js';

const HELP = `npm run compose [-- --check] [-- --base <ref>]

Composes the subgraphs into schema/supergraph.graphql (what the gateway loads), schema/api.graphql (what clients see),
schema/public.graphql (what other people's apps see: what is marked @tag(name: "public")) and schema/access.txt (a row for each field: who may
have it), and schema/operations/*.graphql into schema/operations/manifest.json. Refuses errors, hints, what breaks a rule of the graph (scripts/graph/rules.ts), public fields that lead
to what is not public, and documents that the graph cannot answer.

schema/operations/clients/<client>.json are manifests that clients' own builds have written, in the format of Apollo's clients for Kotlin, Swift
and the web: put there, the gateway trusts them as well, by the ids that those clients send. Those of examples/ are written here.

  --check       write nothing; fail when a committed file differs, or when the api breaks clients of --base
  --base <ref>  the commit whose api is promised to clients (HEAD)

Each breaking change is printed with the operations that it touches, among those that clients of the base were given.
A breaking change that is meant stands in schema/breaking-allowed.md, by the name that is printed here.`;

const SUPERGRAPH = 'schema/supergraph.graphql';
const API = 'schema/api.graphql';
const PUBLIC = 'schema/public.graphql';
const ACCESS = 'schema/access.txt';
const MANIFEST = 'schema/operations/manifest.json';
const CLIENTS = 'schema/operations/clients';
const ALLOWED = 'schema/breaking-allowed.md';

chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({ options: { check: { type: 'boolean' }, base: { type: 'string' }, help: { type: 'boolean' } } });

if (options.help === true) console.log(HELP);
else {
  const problems = await run(options.check === true, options.base ?? 'HEAD');
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

/** Composes and writes, or checks; answers with what is wrong. */
async function run(check: boolean, base: string): Promise<readonly string[]> {
  const subgraphs = readSubgraphs();
  const broken = graphRules.flatMap((rule) => rule(subgraphs));
  if (broken.length > 0) return broken;
  const composition = compose(subgraphs);
  if (composition.kind === 'refused') return composition.reasons;
  const { supergraphSdl, apiSdl, publicSdl, access, api } = composition.graph;
  const { manifest, problems } = readOperations('schema/operations', api);
  if (problems.length > 0) return problems;

  const stale: string[] = [];
  const examples = readExamples(api);
  const files: readonly (readonly [string, string])[] = [
    [SUPERGRAPH, supergraphSdl],
    [API, apiSdl],
    [PUBLIC, publicSdl],
    [ACCESS, access],
    [MANIFEST, written(manifest)],
    ...examples.map(({ client, manifest: theirs }) => [`${CLIENTS}/${client}.json`, written(theirs)] as const),
  ];
  for (const [path, text] of files) {
    if (read(path) === text) continue;
    if (check) stale.push(`${path} is not what the subgraphs compose to: npm run compose`);
    else writeFileSync(path, text);
  }
  const promised = committedApi(base);
  const differences = promised === null ? [] : await changes(promised, apiSdl);
  const allowed = allowedNames(read(ALLOWED) ?? '');
  for (const { name, message, breaking } of differences.filter((change) => !change.name.includes('_DESCRIPTION_')))
    console.log(`${breaking ? 'BREAKING' : 'safe    '}  ${name}  ${message}`);
  const promisedToApps = committedPublic(base);
  const forApps = promisedToApps === null ? [] : (await changes(promisedToApps, publicSdl)).filter(({ breaking }) => breaking);
  for (const { name, message } of forApps) console.log(`BREAKING  public ${name}  ${message}`);
  const recorded = committedOperations(base);
  if (promised !== null)
    for (const change of differences.filter(({ breaking }) => breaking)) {
      const names = brokenOperations(change, recorded, promised);
      console.log(`          ${change.name} touches ${names.length === 0 ? 'no operation that clients were given' : names.join(', ')}`);
    }
  const refused = refusedOperations(recorded, apiSdl);
  const unmeant = differences.filter(({ name, breaking }) => breaking && !allowed.has(name));
  const unmeantForApps = forApps.map(({ name }) => `public ${name}`).filter((name) => !allowed.has(name));
  // Clients come after the graph: their code is generated from the api that was written above.
  const notTrusted = [...clientManifests(CLIENTS)].flatMap(([client, text]) => clientProblems(`${CLIENTS}/${client}.json`, text, api));
  return [
    ...stale,
    ...examples.flatMap((example) => example.problems),
    ...notTrusted,
    ...(check ? unmeant.map(({ name }) => `breaks clients of ${base}: ${name} (allow it in ${ALLOWED} if it is meant)`) : []),
    ...(check ? unmeantForApps.map((name) => `breaks apps of ${base}: ${name} (allow it in ${ALLOWED} if it is meant)`) : []),
    ...(check && unmeant.length > 0 && refused.length > 0 ? [`no longer answered: ${refused.join(', ')}`] : []),
  ];
}

function written(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The operations of the examples as Apollo's cache has them sent: with __typename wherever there is an object. */
function readExamples(api: GraphQLSchema) {
  return readdirSync('examples').flatMap((client) => {
    const folder = `examples/${client}/src/operations`;
    return existsSync(folder) ? [{ client, ...readOperations(folder, api, addTypenameToDocument) }] : [];
  });
}

function read(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
