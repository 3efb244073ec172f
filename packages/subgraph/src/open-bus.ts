import { InProcessBus } from '@plaza/live/in-process-bus';
import type { LiveBus } from '@plaza/live/live-bus';
import type { Logger } from '@plaza/telemetry/logger';

/** A start waits this long for a Redis that is away, and goes on without. */
const READY_WITHIN_MS = 5_000;

/** A bus with its end. */
export interface OpenBus {
  readonly bus: LiveBus;
  /** Calling again does nothing. */
  readonly close: () => void;
}

/** The bus of a process: by Redis where `redisUrl` names one, else within the process. Without an address nothing of Redis is loaded. */
export async function openBus(redisUrl: string | undefined, logger: Logger): Promise<OpenBus> {
  if (redisUrl === undefined) return { bus: new InProcessBus(), close: () => undefined };
  const { RedisBus } = await import('@plaza/live/redis-bus');
  const bus = new RedisBus({
    url: redisUrl,
    onChange(error) {
      if (error === null) logger.info('Redis is there again: processes hear each other');
      else logger.warn({ err: error }, 'Redis is away: what other processes say is read a little later');
    },
  });
  await bus.ready(READY_WITHIN_MS);
  return { bus, close: () => bus.close() };
}
