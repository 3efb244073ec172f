import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Logger } from '@plaza/telemetry/logger';
import type { EventEnvelope } from './envelope.js';
import type { Relay, RelayOptions } from './relay.js';

/**
 * The way from outboxes to consumers: to their doors (door-bus.ts), or by a log between (kafka/kafka-bus.ts). Either way a fact comes at least once and
 * takes effect once, those of one key in the order of their making, and what cannot go yet waits in the outbox.
 */
export interface EventBus {
  /** Carries a subgraph's outbox. Ended by its caller. */
  relay(options: RelayOptions): Relay;
  /** Lets a consumer take what there is for it. Nothing happens where relays knock at the consumer's door. */
  take(consumer: Consumer): Taking;
  /** The name under which outboxes remember how far this consumer's facts have gone. */
  positionOf(consumer: SubgraphName): string;
  /** Whether facts do not come to this consumer here now, or come late: what is made of them is older than it should be, as far as it knows. */
  isBehind(consumer: SubgraphName): boolean;
  /** What of it is away now, by name; facts wait meanwhile, and writing goes on. */
  readonly away: readonly string[];
}

/** Who takes facts: every process of a subgraph, under one name. */
export interface Consumer {
  readonly name: SubgraphName;
  /** Those that are for it; others are passed over. */
  readonly types: readonly string[];
  /** Lets facts take effect, each once, in order; stops at the first that fails. */
  readonly take: (events: readonly EventEnvelope[]) => Promise<void>;
  readonly logger: Logger;
}

/** A consumer at work. */
export interface Taking {
  /** Finishes the fact that it is at, and lets go. */
  stop(): Promise<void>;
}
