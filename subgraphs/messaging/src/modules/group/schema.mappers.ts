import type { JoinLinkRow, JoinRequestRow } from './join.store.js';

/** Only ever one of a group that the viewer may manage. */
export type JoinLinkMapper = JoinLinkRow;

export type JoinRequestMapper = JoinRequestRow;
