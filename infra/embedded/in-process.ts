import { startAccounts } from '@plaza/accounts/server';
import { Assertions } from '@plaza/auth/assertion';
import { CallClient, type Ports } from '@plaza/calls/call-client';
import { startCommerce } from '@plaza/commerce/server';
import { startContent } from '@plaza/content/server';
import { startFeed } from '@plaza/feed/server';
import { startGateway } from '@plaza/gateway/server';
import { systemClock } from '@plaza/kernel/clock';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { startMessaging } from '@plaza/messaging/server';
import { startSocial } from '@plaza/social/server';
import type { RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import type { Assembled, Installation } from './installation.js';

const STARTERS: Readonly<Record<SubgraphName, (host: SubgraphHost) => Promise<RunningSubgraph>>> = {
  accounts: startAccounts,
  social: startSocial,
  content: startContent,
  commerce: startCommerce,
  messaging: startMessaging,
  feed: startFeed,
};

/** Gateway and subgraphs in this process: they call each other without a socket, with the same signed assertions as over one. */
export async function assembleInProcess(installation: Installation): Promise<Assembled> {
  const { config, databases, lifecycle, logger, progress, publicUrl, secret } = installation;
  const assertions = new Assertions(secret);
  const running = new Map<SubgraphName, RunningSubgraph>();
  const ports: Ports = (name) => running.get(name);
  await progress('Starting the subgraphs', async (at) => {
    for (const name of SUBGRAPH_NAMES) {
      at(name);
      const subgraph = await STARTERS[name]({
        databaseUrl: databases[name],
        secret,
        assertions,
        calls: new CallClient(name, assertions, ports),
        ports,
        clock: systemClock,
        logger: logger.child({ subgraph: name }),
        dataDir: config.dataDir,
        publicUrl,
      });
      running.set(name, subgraph);
      lifecycle.add(name, async () => subgraph.stop(), 2_000);
    }
  });
  return { ports, where: [] };
}
