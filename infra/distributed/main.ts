/** `npm run start:distributed`: see HELP. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig as readAccountsConfig } from '@plaza/accounts/config';
import { ConfigError, readConfig } from '@plaza/embedded/config';
import { DataFolderError, openDataFolder } from '@plaza/embedded/data-folder';
import { fillWithDemo } from '@plaza/embedded/demo/fill';
import { type Environment, readSettings } from '@plaza/embedded/environment';
import { openInternalSecret } from '@plaza/embedded/internal-secret';
import type { Lifecycle } from '@plaza/embedded/lifecycle';
import { PortError, takePort } from '@plaza/embedded/port';
import { runUntilStopped } from '@plaza/embedded/run-until-stopped';
import { summary } from '@plaza/embedded/summary';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { withAddresses } from '@plaza/native/addresses';
import { EngineError } from '@plaza/native/engine';
import { freePorts } from '@plaza/subgraph/free-ports';
import { HttpPort } from '@plaza/subgraph/http-port';
import { printed } from '@plaza/telemetry/progress';
import { marksUrl, startCdn } from './cdn.js';
import { openControl } from './control.js';
import { databasesFrom, prepare } from './databases.js';
import { startEdge } from './edge.js';
import { Fleet } from './fleet.js';
import { membersOf, portCount } from './members.js';
import { type Options, readOptions } from './options.js';

const HELP = `Usage: npm run start:distributed [-- --replicas 2 --gateways 2 --cdn]

Runs Plaza as many processes on the engines of npm run infra:up: every subgraph in several copies, several gateways, and HAProxy with TLS before
them (certificate made at the first start). Engines are found by their addresses in the environment, else in PLAZA_DATA_DIR/infra/addresses.env:
POSTGRES_URL and REDIS_URL must be there; POSTGRES_REPLICA_URL, S3_ENDPOINT, KAFKA_BROKERS and OPENSEARCH_URL are used when they are.
DATABASE_URL_<SUBGRAPH> and DATABASE_REPLICA_URL_<SUBGRAPH> name a database elsewhere.

  --replicas <n>  copies of every subgraph (2)
  --gateways <n>  gateways (2)
  --cdn           nginx behind HAProxy: it keeps photos, videos and what guests read by GET, and gives them again

PORT is the edge's (4443). What is kept beside the engines lies in PLAZA_DATA_DIR/distributed. npm run restart:rolling restarts all processes, one
after the other, under traffic. Ctrl-C (or SIGTERM) drains and ends all of them; the engines go on.
`;
const EXPECTED = [ConfigError, DataFolderError, EngineError, PortError];
const FLEET_STOP_MS = 30_000;

async function start({ replicas, gateways, cdn }: Options, lifecycle: Lifecycle): Promise<void> {
  const began = performance.now();
  const given = await withAddresses(readConfig(process.env).dataDir, process.env);
  const { config, environment } = readSettings({ ...given, PORT: given['PORT'] ?? '4443' });
  if (config.redisUrl === undefined) throw new ConfigError('REDIS_URL must be set: npm run infra:up');
  const databases = databasesFrom(environment);
  const progress = printed(process.stdout);
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const dataDir = join(config.dataDir, 'distributed');
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const held = await takePort(config.port, config.host);
  const publicUrl = config.publicUrl ?? `https://localhost:${String(held.port)}`;
  lifecycle.add('the port', held.release, 1_000);
  const folder = await openDataFolder(dataDir);
  process.stdout.write(`Plaza, in ${dataDir}\n`);
  const secret = await openInternalSecret(dataDir, config.internalSecretFile);
  await progress('Preparing the databases', async (at) => {
    for (const name of SUBGRAPH_NAMES) {
      at(name);
      await prepare(name, databases[name]);
    }
  });
  const [cachePort = 0, marksPort = 0, ...numbers] = await freePorts(2 + portCount({ replicas, gateways }));
  const members = membersOf({
    replicas,
    gateways,
    numbers,
    databases,
    shared: {
      ...environment,
      PLAZA_INTERNAL_SECRET_FILE: secret.file,
      PLAZA_DATA_DIR: dataDir,
      PLAZA_PUBLIC_URL: publicUrl,
      LOG_LEVEL: config.logLevel,
      ...(cdn ? { CDN_PURGE_URL: marksUrl(marksPort) } : {}),
    },
    dataDir,
  });
  const fleet = new Fleet(members, report);
  lifecycle.add('the processes', async () => fleet.stop(), FLEET_STOP_MS);
  const isGateway = ({ name }: { readonly name: string }): boolean => name.startsWith('gateway-');
  await progress('Starting the subgraphs', async (at) => fleet.start((member) => !isGateway(member), at));
  await progress('Starting the gateways', async (at) => fleet.start(isGateway, at));
  const demo = folder.demo ?? config.demo;
  if (folder.demo === undefined && config.demo) {
    const door = members.find(isGateway);
    await progress('Writing the demo', async (at) => {
      const ports = new Map(SUBGRAPH_NAMES.map((name) => [name, new HttpPort(name, baseOf(members, name))]));
      await fillWithDemo({ url: `${door?.base ?? ''}/graphql`, secret: secret.bytes, ports: (name) => ports.get(name) }, at);
      for (const port of ports.values()) port.close();
    });
  }
  await folder.complete(demo);
  const doors = members.filter(isGateway).map(({ name, base }) => ({ name, port: Number(new URL(base).port) }));
  if (cdn) {
    const place = { folder: join(dataDir, 'cdn'), host: '127.0.0.1', port: cachePort, marksPort, isBehindProxy: true };
    const cache = await progress('Starting the cache', async (at) =>
      startCdn({ ...place, gateways: doors.map(({ port }) => port), report }, at),
    );
    lifecycle.add('the cache', async () => cache.stop(), 5_000);
  }
  const edge = await progress('Starting the edge', async (at) => {
    await held.release();
    const before = { gateways: doors, cachePort: cdn ? cachePort : null };
    return startEdge({ folder: join(dataDir, 'edge'), host: config.host, port: held.port, ...before, report }, at);
  });
  lifecycle.add('the edge', async () => edge.stop(), 5_000);
  const { trust } = edge.certificate;
  lifecycle.add(
    'control',
    await openControl(dataDir, { url: publicUrl, trust }, async (only, tell) => fleet.roll(edge.line, only, tell)),
    1_000,
  );
  process.stdout.write(
    summary({
      publicUrl,
      profile: config.profile,
      where: [
        `Edge         HAProxy with TLS, before ${members
          .filter(isGateway)
          .map(({ base }) => base)
          .join(' ')}`,
        ...(cdn ? [`Cache        nginx, on http://127.0.0.1:${String(cachePort)}; what it did for an answer says cache-status`] : []),
        ...SUBGRAPH_NAMES.map((name) => `${name.padEnd(12)} ${copiesOf(members, name).join(' ')}`),
        `Engines      ${engines(environment).join(' · ')}`,
        `Trust        NODE_EXTRA_CA_CERTS=${trust} npm run story -- --url ${publicUrl}`,
        `Restart      npm run restart:rolling, or under load and counted: npm run check:rolling`,
      ],
      demo,
      mailPage: readAccountsConfig(environment).showsMail,
      seconds: (performance.now() - began) / 1000,
    }),
  );
}

type Placed = { readonly name: string; readonly base: string };

const copiesOf = (members: readonly Placed[], name: string): readonly string[] =>
  members.filter((member) => member.name.startsWith(`${name}-`)).map(({ base }) => base);

const baseOf = (members: readonly Placed[], name: string): string => copiesOf(members, name)[0] ?? '';

function engines(environment: Environment): readonly string[] {
  const known = [
    ['POSTGRES_URL', 'PostgreSQL'],
    ['POSTGRES_REPLICA_URL', 'its replica'],
    ['REDIS_URL', 'Redis'],
    ['S3_ENDPOINT', 'S3'],
    ['KAFKA_BROKERS', 'Kafka'],
    ['OPENSEARCH_URL', 'OpenSearch'],
  ] as const;
  return known.filter(([variable]) => environment[variable] !== undefined).map(([, name]) => name);
}

const size = readOptions(process.argv.slice(2));
if (size === 'help') process.stdout.write(HELP);
else await runUntilStopped(async (lifecycle) => start(size, lifecycle), EXPECTED);
