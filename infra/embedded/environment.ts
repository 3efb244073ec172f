import { join } from 'node:path';
import { readConfig as readAccountsConfig } from '@plaza/accounts/config';
import { readConfig as readContentConfig } from '@plaza/content/config';
import { readFeedConfig } from '@plaza/feed/config';
import { readConfig as readGatewayConfig } from '@plaza/gateway/config';
import { type Config, ConfigError, readConfig } from './config.js';

/** Variables by name; what is empty counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One machine shows itself to one person: a test registers a thousand people, the demo a dozen. */
const DEMO_PROFILE: Environment = {
  PLAZA_LIMIT_REGISTER_PER_HOUR: '1000',
  PLAZA_LIMIT_LOGIN_PER_HOUR: '1000',
};

/** Its first person may look into the machine. Where nobody of the demo is, the handle would be anybody's. */
const DEMO_PEOPLE: Environment = { PLAZA_OPERATORS: 'anna' };

/** The environment that every part of this Plaza reads, and the part of it that is ours. */
export interface Settings {
  readonly config: Config;
  readonly environment: Environment;
}

/**
 * Everything that can be set, checked before anything is started.
 * @throws ConfigError with one line, also for a variable that only the gateway or a subgraph reads.
 */
export function readSettings(given: Environment): Settings {
  const config = readConfig(given);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  const environment = {
    ...(config.profile === 'demo' ? DEMO_PROFILE : {}),
    ...(config.demo ? DEMO_PEOPLE : {}),
    PLAZA_PLANS_DIR: join(config.dataDir, 'plans'),
    ...set,
    // What was left out is said, so that no part has a default of its own for it.
    PLAZA_PROFILE: config.profile,
    PLAZA_HOST: config.host,
  };
  for (const read of [readAccountsConfig, readContentConfig, readFeedConfig, readGatewayConfig]) {
    try {
      read(environment);
    } catch (cause) {
      throw new ConfigError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }
  return { config, environment };
}
