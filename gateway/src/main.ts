import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Assertions } from '@plaza/auth/assertion';
import { caughtUp } from '@plaza/kernel/caught-up';
import { systemClock } from '@plaza/kernel/clock';
import { openPorts } from '@plaza/subgraph/open-ports';
import { createLogger } from '@plaza/telemetry/logger';
import { startTracing } from '@plaza/telemetry/start-tracing';
import { type GatewayProcessConfig, readProcessConfig } from './config.js';
import { startGateway } from './server.js';

/** The gateway as a process of its own, the subgraphs reached over HTTP. */
async function run(config: GatewayProcessConfig, stopAsked: Promise<void>): Promise<void> {
  const secret = Buffer.from((await readFile(config.secretFile, 'utf8')).trim(), 'hex');
  if (secret.length !== 32) throw new Error('PLAZA_INTERNAL_SECRET_FILE does not hold 64 hexadecimal digits');
  const logger = createLogger(config.logLevel, 'gateway');
  const endTracing = await startTracing('gateway', logger, process.env);
  const ports = openPorts(config.ports);
  let isLeaving = false;
  try {
    const gateway = await startGateway({
      ...config,
      ports: (name) => ports.get(name),
      assertions: new Assertions(secret),
      logger,
      clock: systemClock,
      readiness: async () => (isLeaving ? ['leaving'] : []),
      routes: Object.fromEntries([...ports].map(([name, port]) => [`/${name}`, port.proxy])),
    });
    process.stdout.write(`gateway is ready on port ${gateway.port}\n`);
    // What came into the schema folder is served at once; it is looked at every second anyway.
    const reload = (): void => void gateway.reload();
    process.on('SIGHUP', reload);
    await stopAsked;
    isLeaving = true;
    // By then nobody is sent here any more, and sockets have somewhere to go: before another process starts in this one's place and takes the machine.
    await pause(config.leaveMs / 3);
    await Promise.all([gateway.leave(config.leaveMs / 3), pause((config.leaveMs * 2) / 3)]);
    await caughtUp();
    process.off('SIGHUP', reload);
    await gateway.stop();
  } finally {
    for (const port of ports.values()) port.close();
    await endTracing();
  }
}

const stopAsked = new Promise<void>((resolve) => {
  process.once('SIGTERM', resolve);
  process.once('SIGINT', resolve);
});

try {
  await run(readProcessConfig(process.env), stopAsked);
} catch (error) {
  process.stderr.write(`gateway cannot run: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
