import type { ReactionRow } from './reaction.store.js';

/** Only ever one under a message that the viewer may read. */
export type ReactionMapper = ReactionRow;
