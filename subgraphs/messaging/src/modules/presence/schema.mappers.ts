import type { PresenceState } from './presence.service.js';

/** Only ever of somebody who lets the viewer see it. */
export type PresenceMapper = Pick<PresenceState, 'status' | 'lastSeenAt'>;

export type PresenceChangeMapper = PresenceState;
