import type { NotificationRow } from './notification.store.js';

/** Only ever one that the viewer may see now. */
export type NotificationMapper = NotificationRow;

/** What another subgraph owns: whether it is there, and for whom, its owner says. */
interface Stub {
  readonly ref: string;
}

export type CommentMapper = Stub;
export type OrderMapper = Stub;
