/** Woken when a reader's live log has grown, or whom they follow is pulled from now on. */
export const readerChannel = (readerId: string): string => `feed:reader:${readerId}`;

/** Woken when the live log of a pulled actor has grown: one for all who follow them. */
export const actorChannel = (actorId: string): string => `feed:actor:${actorId}`;
