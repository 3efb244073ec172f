import type { LiveBus } from '@plaza/live/live-bus';
import type { PassingEntry } from './inbox-entry.js';

/** Where a person's processes hear that their inbox log has grown, and what passes by. */
export const inboxChannel = (userId: string): string => `messaging:inbox:${userId}`;

/** What is published for a log that has grown. */
export const MORE = '';

/** Tells people of something that is kept nowhere. */
export function tellPassing(bus: LiveBus, userIds: readonly string[], entry: PassingEntry): void {
  const message = JSON.stringify(entry);
  for (const userId of userIds) bus.publish(inboxChannel(userId), message);
}

/** What {@link tellPassing} has published; null for anything else. */
export function passingOf(message: string): PassingEntry | null {
  // Only this subgraph publishes here.
  return message === MORE ? null : (JSON.parse(message) as PassingEntry);
}
