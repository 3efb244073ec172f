import type { MessageRow } from './message.store.js';

/** Only ever one that the viewer sees; whether they may read it is asked field by field. */
export type MessageMapper = MessageRow;
