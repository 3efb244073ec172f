import DataLoader from 'dataloader';
import type { PresenceService, PresenceState } from './presence.service.js';

/** What one request reads of who is here. */
export const presenceLoaders = (presence: PresenceService) => ({
  presence: new DataLoader<string, PresenceState>(async (userIds) => presence.of(userIds)),
});

export type PresenceLoaders = ReturnType<typeof presenceLoaders>;
