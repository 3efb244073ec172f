import type { RevisionRow } from './revision.store.js';

/** Only ever one of a message that the viewer may read. */
export type MessageRevisionMapper = RevisionRow;
