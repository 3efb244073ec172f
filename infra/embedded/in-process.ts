import { readConfig as readAccountsConfig } from '@plaza/accounts/config';
import { startAccounts } from '@plaza/accounts/server';
import { startCommerce } from '@plaza/commerce/server';
import { startContent } from '@plaza/content/server';
import { startFeed } from '@plaza/feed/server';
import { readConfig as readGatewayConfig } from '@plaza/gateway/config';
import { startGateway } from '@plaza/gateway/server';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { systemClock } from '@plaza/kernel/clock';
import { startMessaging } from '@plaza/messaging/server';
import { startSocial } from '@plaza/social/server';
import { hostInProcess } from '@plaza/subgraph/in-process';
import { openBus } from '@plaza/subgraph/open-bus';
import { openEvents } from '@plaza/subgraph/open-events';
import type { RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import type { RequestHandler } from 'express';
import type { Environment } from './environment.js';
import type { Assembled, Installation } from './installation.js';

type Start = (host: SubgraphHost) => Promise<RunningSubgraph>;

const starters = (environment: Environment): Readonly<Record<SubgraphName, Start>> => ({
  accounts: async (host) => startAccounts(host, readAccountsConfig(environment)),
  social: startSocial,
  content: startContent,
  commerce: startCommerce,
  messaging: startMessaging,
  feed: startFeed,
});

/** Gateway and subgraphs in this process: they call each other without a socket, under the same claims as over one. */
export async function assembleInProcess(installation: Installation): Promise<Assembled> {
  const { config, databases, environment, lifecycle, logger, progress, publicUrl, secret } = installation;
  const { bus, close } = await openBus(config.redisUrl, logger);
  lifecycle.add('the bus', async () => close(), 1_000);
  const events = await openEvents({ ...config, secret: secret.bytes });
  const host = hostInProcess({ databaseUrls: databases, secret: secret.bytes, dataDir: config.dataDir, publicUrl, logger, bus, events });
  const start = starters(environment);
  await progress('Starting the subgraphs', async (at) => {
    for (const name of SUBGRAPH_NAMES) {
      at(name);
      await host.start(name, start[name]);
      lifecycle.add(name, async () => host.stop(name), 2_000);
    }
  });
  await progress('Starting the gateway', async () => {
    const given = readGatewayConfig(environment);
    const gateway = await startGateway({
      ...given,
      port: installation.port.port,
      host: config.host,
      server: installation.port.server,
      ports: host.ports,
      assertions: host.assertions,
      logger: logger.child({ part: 'gateway' }),
      clock: systemClock,
      routes: routesOf(host.running),
      readiness: async () => (installation.isReady() ? [] : ['plaza']),
      drainMs: config.drainMs,
    });
    lifecycle.add('the gateway', async () => gateway.stop(), config.drainMs + 1_000);
  });
  return { ports: host.ports, where: ['Subgraphs    in this process, each with a database of its own in PostgreSQL (no port)'] };
}

/** What subgraphs serve besides GraphQL, each under its own name. */
function routesOf(running: ReadonlyMap<SubgraphName, RunningSubgraph>): Readonly<Record<string, RequestHandler>> {
  return Object.fromEntries([...running].flatMap(([name, { routes }]) => (routes === undefined ? [] : [[`/${name}`, routes]])));
}
