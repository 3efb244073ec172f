import type { Clock } from '@plaza/kernel/clock';
import { every } from '@plaza/kernel/every';
import type { Logger } from '@plaza/telemetry/logger';
import { InProcessPresence, type PresenceRegistry } from './modules/presence/presence-registry.js';
import { InProcessToldTyping, type ToldTyping } from './modules/typing/told-typing.js';

/** A start waits this long for a Redis that is away, and goes on without. */
const READY_WITHIN_MS = 5_000;
const SWEEP_MS = 60_000;

/** What is known for a moment and kept nowhere. */
export interface Passing {
  readonly presence: PresenceRegistry;
  readonly typing: ToldTyping;
  /** Whether this process knows of those alone who spoke to it. */
  isAlone(): boolean;
  stop(): Promise<void>;
}

/** In Redis where `redisUrl` names one, else within this process. Without an address nothing of Redis is loaded. */
export async function openPassing(redisUrl: string | undefined, clock: Clock, logger: Logger): Promise<Passing> {
  const own = new InProcessPresence(clock);
  const sweeping = every(
    SWEEP_MS,
    async () => own.sweep(),
    (err) => logger.warn({ err }, 'who is gone could not be forgotten'),
  );
  if (redisUrl === undefined)
    return { presence: own, typing: new InProcessToldTyping(), isAlone: () => false, stop: () => sweeping.stop() };
  const [{ PassingRedis }, { RedisPresence }, { RedisToldTyping }] = await Promise.all([
    import('./passing-redis.js'),
    import('./modules/presence/redis-presence.js'),
    import('./modules/typing/redis-told-typing.js'),
  ]);
  const redis = new PassingRedis({ url: redisUrl, logger });
  await redis.ready(READY_WITHIN_MS);
  return {
    presence: new RedisPresence(redis, own, clock),
    typing: new RedisToldTyping(redis),
    isAlone: () => redis.isAway,
    async stop() {
      await sweeping.stop();
      redis.close();
    },
  };
}
