import { join } from 'node:path';
import { startAccounts } from '@plaza/accounts/server';
import { startCommerce } from '@plaza/commerce/server';
import { startContent } from '@plaza/content/server';
import { startFeed } from '@plaza/feed/server';
import { readConfig } from '@plaza/gateway/config';
import { DEFAULT_LIMITS } from '@plaza/gateway/limits/limits';
import { startGateway } from '@plaza/gateway/server';
import { startMessaging } from '@plaza/messaging/server';
import { startSocial } from '@plaza/social/server';
import { root } from '../infra/build/build.mjs';
import type { Rooms } from '@plaza/testing/run-in-process';

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
      plansFolder: join(root, 'dist/plans'),
      engine: readConfig(process.env).engine,
      // What a machine under load takes is not what is tried.
      patience: { readMs: 60_000, writeMs: 60_000 },
      limits: { ...DEFAULT_LIMITS, rate: { address: { requests: 0, seconds: 60 }, account: { requests: 0, seconds: 60 } } },
    }),
};
