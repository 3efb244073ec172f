import type { Logger } from '@plaza/telemetry/logger';
import type { Ports } from '@plaza/calls/call-client';
import type { Config } from './config.js';
import type { DatabaseUrls } from './databases.js';
import type { Environment } from './environment.js';
import type { InternalSecret } from './internal-secret.js';
import type { Lifecycle } from './lifecycle.js';
import type { HeldPort } from './port.js';
import type { Progress } from '@plaza/telemetry/progress';

/** What the processes of a Plaza are assembled from: a held port and folder, and a PostgreSQL that runs. */
export interface Installation {
  readonly config: Config;
  /** What every part reads its own settings from. */
  readonly environment: Environment;
  readonly port: HeldPort;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly databases: DatabaseUrls;
  readonly secret: InternalSecret;
  readonly logger: Logger;
  readonly progress: Progress;
  readonly lifecycle: Lifecycle;
  /** True from the end of the start to the begin of the stop. */
  readonly isReady: () => boolean;
}

/** A Plaza that answers. */
export interface Assembled {
  readonly ports: Ports;
  /** What runs where: a line each. */
  readonly where: readonly string[];
}

/** One way of running; what it starts it adds to the lifecycle. */
export type Assemble = (installation: Installation) => Promise<Assembled>;
