import { startAccounts } from '@plaza/accounts/server';
import { startCommerce } from '@plaza/commerce/server';
import { startContent } from '@plaza/content/server';
import { startFeed } from '@plaza/feed/server';
import { readConfig } from '@plaza/gateway/config';
import { DEFAULT_LIMITS } from '@plaza/gateway/limits/limits';
import { startGateway } from '@plaza/gateway/server';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { startMessaging } from '@plaza/messaging/server';
import { startSocial } from '@plaza/social/server';
import { inProcess, type Rooms } from '@plaza/testing/run-in-process';
import { startWorld, type World } from '@plaza/testing/world';
import { asProcesses } from './world.processes.js';

const OPEN = 1_000_000;

/** Every room, with limits that no test reaches and passwords that cost next to nothing. */
export const rooms: Rooms = {
  subgraphs: {
    accounts: (host) =>
      startAccounts(host, {
        argon2: { memoryKib: 64, passes: 1 },
        limits: { registerPerAddress: OPEN, loginPerAddress: OPEN, loginPerName: OPEN, refreshPerAddress: OPEN },
      }),
    social: startSocial,
    content: startContent,
    commerce: startCommerce,
    messaging: startMessaging,
    feed: startFeed,
  },
  gateway: (options) =>
    startGateway({
      ...options,
      profile: 'demo',
      engine: readConfig(process.env).engine,
      // What a machine under load takes is not what is tried.
      patience: { readMs: 60_000, writeMs: 60_000 },
      limits: { ...DEFAULT_LIMITS, rate: { address: { requests: 0, seconds: 60 }, account: { requests: 0, seconds: 60 } } },
    }),
};

/**
 * The whole of Plaza on fresh databases: in this process, or as seven with `PLAZA_E2E=processes`. A test that needs one way names it.
 * @param databaseUrls outside of vitest: migrated, empty databases.
 */
export async function startPlaza(
  how: 'in-process' | 'processes' = process.env['PLAZA_E2E'] === 'processes' ? 'processes' : 'in-process',
  databaseUrls?: Readonly<Record<SubgraphName, string>>,
): Promise<World> {
  return startWorld(how === 'processes' ? asProcesses : inProcess(rooms), databaseUrls);
}
