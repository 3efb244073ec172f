import type { Reaction } from '@plaza/events/consumer';
import { SUBSCRIPTIONS } from '@plaza/events/subscriptions';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';

/** The types that this subgraph is sent and does not react to. */
export function missingReactions(name: SubgraphName, reactions: readonly Reaction[]): readonly string[] {
  const known = new Set(reactions.map(({ type }) => type));
  return (SUBSCRIPTIONS[name] ?? []).filter((type) => !known.has(type));
}
