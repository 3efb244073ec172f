import type { EventBus } from './event-bus.js';
import { startRelay } from './relay.js';

/** Without a log between: each relay knocks at its consumers' doors. */
export const doorBus: EventBus = {
  relay: startRelay,
  take: () => ({ stop: async () => {} }),
  positionOf: (consumer) => consumer,
  // Who can be asked can be told: an owner that is away is missed by itself.
  isBehind: () => false,
  away: [],
};
