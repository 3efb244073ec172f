/** `npm run check:infra`: see HELP. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { prepareCdn } from '../infra/distributed/cdn.js';
import { make, schemas, toolAt } from '../infra/helm/tools.js';
import { onPath } from '../infra/native/tools.js';

const HELP = `npm run check:infra [-- --make] [-- --strict]

The Helm chart and the compose files, by whichever tools are there: helm lint and helm template with several sets of values; kubeconform, strict, over
what they make (schemas from what kubectl is made of, through Go); docker compose config; what nginx says to the settings of the cache in front. What is
missing is said, and fails only with --strict.

  --make    helm and kubeconform are made by Go where they are missing, into ~/.cache/plaza/bin; nginx comes from Debian, for the moment
  --strict  a missing tool is an error`;

const CHART = fileURLToPath(new URL('../infra/helm/plaza', import.meta.url));
const COMPOSE = ['infra/compose.yaml', 'infra/monitoring/compose.yaml'].map((path) =>
  fileURLToPath(new URL(`../${path}`, import.meta.url)),
);
/** Values that make every branch of the templates once. */
const SETS = [
  [],
  ['ingress.enabled=true', 'ingress.className=nginx', 'ingress.tlsSecret=plaza-tls', `image.digest=sha256:${'0'.repeat(64)}`],
  ['gateway.autoscaling.enabled=false', 'networkPolicy.enabled=false', 'pullSecrets[0]=registry', 'subgraphs.feed.env.TZ=UTC'],
  ['networkPolicy.engines[0].ipBlock.cidr=10.0.0.0/8', 'networkPolicy.gatewayFrom[0].namespaceSelector.matchLabels.edge=yes'],
];
/** Built by hand, helm takes itself for a very old one. */
const CLUSTER = ['--kube-version', '1.33.0'];
/** What the schema of the values refuses. */
const WRONG = ['image.tag=latest', 'publicUrl=plaza.example', 'subgraphs.search.port=4107', 'gateway.replicas=0'];

const { values } = parseArgs({
  options: {
    make: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
let failures = 0;
let missing = 0;

interface More {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function tries(what: string, command: string, args: readonly string[], { input, env }: More = {}): Promise<string> {
  const running = promisify(execFile)(command, args, { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...PASSWORDS, ...env } });
  if (input !== undefined) running.child.stdin?.end(input);
  try {
    const { stdout } = await running;
    say(`ok   ${what}`);
    return stdout;
  } catch (cause) {
    failures += 1;
    const said =
      cause instanceof Error && 'stdout' in cause && 'stderr' in cause ? `${String(cause.stdout)}${String(cause.stderr)}` : String(cause);
    say(`FAIL ${what}\n${said.trim()}`);
    return '';
  }
}

/** Nobody uses them: compose wants them to be there. */
const PASSWORDS = { PLAZA_INFRA_PASSWORD: 'checked', PLAZA_GRAFANA_PASSWORD: 'checked' };

function misses(what: string): void {
  missing += 1;
  say(`!!   ${what}`);
}

async function chart(): Promise<void> {
  const helm = await toolAt('helm');
  if (helm === undefined) return misses('helm is missing: the chart is not checked (--make makes it by Go)');
  await tries('helm lint --strict', helm, ['lint', '--strict', CHART]);
  const kubeconform = await toolAt('kubeconform');
  const places = kubeconform === undefined ? undefined : await schemas().catch((cause: unknown) => misses(`no schemas: ${String(cause)}`));
  if (kubeconform === undefined) misses('kubeconform is missing: what the chart makes is not compared with Kubernetes (--make)');
  for (const set of SETS) {
    const name = set.length === 0 ? 'as it is' : set.join(' ');
    const args = ['template', 'plaza', CHART, ...CLUSTER, '--namespace', 'plaza', ...set.flatMap((one) => ['--set', one])];
    const made = await tries(`helm template, ${name}`, helm, args);
    if (kubeconform !== undefined && places !== undefined && made !== '')
      await tries(`kubeconform, ${name}`, kubeconform, ['-strict', '-summary', '-schema-location', places, '-'], { input: made });
  }
  for (const one of WRONG) {
    const refused = await promisify(execFile)(helm, ['template', 'plaza', CHART, ...CLUSTER, '--set', one]).then(
      () => false,
      () => true,
    );
    if (!refused) failures += 1;
    say(`${refused ? 'ok  ' : 'FAIL'} values.schema.json refuses ${one}`);
  }
}

async function compose(): Promise<void> {
  const docker = await onPath('docker');
  const works = docker !== undefined && (await promisify(execFile)(docker, ['compose', 'version']).then(() => true, () => false)); // prettier-ignore
  if (docker === undefined || !works) return misses('docker compose is missing: the compose files are not checked');
  for (const file of COMPOSE) await tries(`docker compose config, ${file}`, docker, ['compose', '-f', file, 'config', '--quiet']);
}

/** Also that it may stand in front of everything, and behind a proxy. */
async function cache(): Promise<void> {
  if (!values.make && (await onPath('nginx')) === undefined)
    return misses('nginx is missing: infra/edge/cdn.conf is not checked (--make unpacks Debian’s)');
  const folder = await mkdtemp(join(tmpdir(), 'plaza-cdn-'));
  try {
    for (const isBehindProxy of [false, true]) {
      const place = { folder, host: '127.0.0.1', port: 4480, marksPort: 4481, gateways: [4000, 4001], isBehindProxy };
      const what = `nginx -t, infra/edge/cdn.conf ${isBehindProxy ? 'behind a proxy' : 'in front'}`;
      const { path, args, env } = await prepareCdn(place, () => undefined);
      await tries(what, path, [...args, '-t'], { env });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  if (values.make) for (const tool of ['helm', 'kubeconform'] as const) if ((await toolAt(tool)) === undefined) await make(tool);
  await readdir(CHART);
  await chart();
  await compose();
  await cache();
  return failures > 0 || (values.strict && missing > 0) ? 1 : 0;
}

if (values.help === true) say(HELP);
else process.exitCode = await main();
