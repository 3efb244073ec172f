import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { need, onPath, run } from '@plaza/native/tools';
import { z } from 'zod';

const FOLDER = join(homedir(), '.cache', 'plaza');
const BIN = join(FOLDER, 'bin');
/** What Go makes of them; several minutes for helm on a small machine. */
const SOURCES = {
  helm: 'helm.sh/helm/v3/cmd/helm@v3.18.6',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0',
} as const;
/** Where a copy of the cluster's own description lies, in what kubectl is made of. */
const DESCRIPTION = { module: 'k8s.io/cli-runtime@v0.33.3', file: 'artifacts/openapi/swagger.json' };

type Tool = keyof typeof SOURCES;

/** The path of a tool: on the PATH, or made earlier; undefined where it is missing. */
export async function toolAt(tool: Tool): Promise<string | undefined> {
  const made = join(BIN, tool);
  return (await onPath(tool)) ?? (existsSync(made) ? made : undefined);
}

/** Makes a tool by Go. @throws EngineError */
export async function make(tool: Tool): Promise<void> {
  await need(tool, ['go'], 'Install Go 1.24 or newer.');
  await mkdir(BIN, { recursive: true });
  await run('go', ['install', SOURCES[tool]], { env: { GOBIN: BIN, GOFLAGS: '' } });
}

const Description = z.object({
  definitions: z.record(
    z.string(),
    z.looseObject({
      properties: z.record(z.string(), z.unknown()).optional(),
      'x-kubernetes-group-version-kind': z.array(z.object({ group: z.string(), version: z.string(), kind: z.string() })).optional(),
    }),
  ),
});

/**
 * The schemas of Kubernetes' kinds as kubeconform reads them, without a download of theirs: made of the cluster's description, in which a property that
 * it does not know is an error. @returns the pattern of their places @throws EngineError where Go is missing
 */
export async function schemas(): Promise<string> {
  await need('the schemas', ['go'], 'Install Go 1.24 or newer.');
  const { Dir } = z.object({ Dir: z.string() }).parse(JSON.parse(await run('go', ['mod', 'download', '-json', DESCRIPTION.module])));
  const { definitions } = Description.parse(JSON.parse(await readFile(join(Dir, DESCRIPTION.file), 'utf8')));
  const folder = join(FOLDER, 'kubernetes');
  await mkdir(folder, { recursive: true });
  const strict = Object.fromEntries(
    Object.entries(definitions).map(([name, { properties, ...rest }]) => {
      // Numbers or words, as in ports: the description says "string" with a format.
      if (name.endsWith('IntOrString')) return [name, { oneOf: [{ type: 'string' }, { type: 'integer' }] }];
      if (name.endsWith('resource.Quantity')) return [name, { oneOf: [{ type: 'string' }, { type: 'number' }] }];
      return [name, properties === undefined ? rest : { ...rest, properties, additionalProperties: false }];
    }),
  );
  await writeFile(join(folder, '_definitions.json'), JSON.stringify({ definitions: strict }));
  for (const [name, { 'x-kubernetes-group-version-kind': kinds }] of Object.entries(definitions)) {
    for (const { group, version, kind } of kinds ?? []) {
      const place = [kind, ...(group === '' ? [] : [group.split('.')[0]]), version].join('-').toLowerCase();
      await writeFile(join(folder, `${place}.json`), JSON.stringify({ $ref: `_definitions.json#/definitions/${name}` }));
    }
  }
  return join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json');
}
