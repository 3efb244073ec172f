import type { Database } from '@plaza/db/database';
import { LookedUp } from '@plaza/telemetry/looked-up';
import { oldestLacking } from './position.store.js';

const lag = new LookedUp({ plaza_outbox_lag_seconds: 'Age of the oldest event that a consumer wants and has not taken.' }, [
  'owner',
  'consumer',
] as const);

/** Tells how far each consumer is behind an owner's log when the metrics are read. `wanted`: types by consumer; null: all. Returns what ends it. */
export function watchLag(owner: string, database: Database<unknown>, wanted: ReadonlyMap<string, readonly string[] | null>): () => void {
  return lag.add(async () =>
    Promise.all(
      [...wanted].map(async ([consumer, types]) => ({
        name: 'plaza_outbox_lag_seconds' as const,
        labels: { owner, consumer },
        value: await oldestLacking(database, consumer, types),
      })),
    ),
  );
}
