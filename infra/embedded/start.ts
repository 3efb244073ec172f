import { readConfig as readAccountsConfig } from '@plaza/accounts/config';
import { createLogger } from '@plaza/telemetry/logger';
import { startTracing } from '@plaza/telemetry/start-tracing';
import { type Config, ConfigError } from './config.js';
import { DataFolderError, openDataFolder } from './data-folder.js';
import { DatabaseStateError, openDatabases } from './databases.js';
import { readSettings } from './environment.js';
import { HELP } from './help.js';
import type { Assemble } from './installation.js';
import type { Lifecycle } from './lifecycle.js';
import { localName } from './local-name.js';
import { PortError, takePort } from './port.js';
import { startPostgres } from '@plaza/postgres/postgres';
import { FolderInUseError } from '@plaza/postgres/postgres.lock';
import { printed, type Progress } from '@plaza/telemetry/progress';
import { openInternalSecret } from './internal-secret.js';
import { runUntilStopped } from './run-until-stopped.js';
import { summary } from './summary.js';

const EXPECTED = [ConfigError, DatabaseStateError, DataFolderError, FolderInUseError, PortError];

/** How one way of running is started. */
export interface Way {
  /** As npm calls it. */
  readonly command: string;
  readonly about: string;
  /** Loaded while PostgreSQL starts. */
  readonly load: () => Promise<Assemble>;
}

/** A whole Plaza, from its command line to its end: starts, says what runs where, stops on a signal, sets the exit code. */
export async function runPlaza(way: Way): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(HELP(way.command, way.about));
    return;
  }
  await runUntilStopped(async (lifecycle) => start(way, lifecycle), EXPECTED);
}

async function start(way: Way, lifecycle: Lifecycle): Promise<void> {
  const began = performance.now();
  const { config, environment } = readSettings(process.env);
  const out = process.stdout;
  const progress = cancellable(printed(out), lifecycle);
  const port = await takePort(config.port, config.host);
  lifecycle.add('the port', port.release, 1_000);
  const folder = await openDataFolder(config.dataDir);
  if (config.profile === 'production' && folder.demo === true) {
    throw new DataFolderError(`${config.dataDir} holds the demo, which PLAZA_PROFILE=production refuses`);
  }
  out.write(`Plaza, in ${config.dataDir}\n`);
  const loading = way.load();
  loading.catch(() => undefined); // awaited below
  const postgres = await startPostgres(config.dataDir, { progress });
  lifecycle.add('PostgreSQL', postgres.stop, 9_000);
  const secret = await openInternalSecret(config.dataDir, config.internalSecretFile);
  const databases = await openDatabases(postgres, progress);
  const assemble = await progress('Loading the program', async () => loading);
  const logger = createLogger(config.logLevel, 'plaza');
  lifecycle.add('traces', await startTracing('plaza', logger, environment), 5_000);
  let ready = false;
  const { ports, where } = await assemble({
    config,
    environment,
    port,
    publicUrl: publicUrlOf(config, port.port),
    databases,
    secret,
    logger,
    progress,
    lifecycle,
    isReady: () => ready && !lifecycle.isStopping,
  });
  if (folder.demo === undefined && config.demo) {
    await progress('Writing the demo', async (at) => {
      const { fillWithDemo } = await import('./demo/fill.js');
      await fillWithDemo({ url: `http://${localName(config.host)}:${String(port.port)}/graphql`, secret: secret.bytes, ports }, at);
    });
  }
  const demo = folder.demo ?? config.demo;
  await folder.complete(demo);
  ready = true;
  out.write(
    summary({
      publicUrl: publicUrlOf(config, port.port),
      profile: config.profile,
      where,
      demo,
      mailPage: readAccountsConfig(environment).showsMail,
      seconds: (performance.now() - began) / 1000,
    }),
  );
}

/** No step begins, and no step that tells how far it is goes on, once a stop was asked for. */
function cancellable(progress: Progress, lifecycle: Lifecycle): Progress {
  const check = (): void => {
    if (lifecycle.isStopping) throw new Error('stopped while starting');
  };
  return async (step, work) => {
    check();
    const result = await progress(step, async (at) =>
      work((detail) => {
        check();
        at(detail);
      }),
    );
    return result;
  };
}

const publicUrlOf = (config: Config, port: number): string => config.publicUrl ?? `http://localhost:${String(port)}`;
