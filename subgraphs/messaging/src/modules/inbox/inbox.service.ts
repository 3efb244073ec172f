import type { SealedCursors } from '@plaza/auth/sealed-cursor';
import type { InboxRow } from './inbox.store.js';

const STREAM = 'inbox';

export class InboxService {
  readonly #cursors: SealedCursors;

  constructor(cursors: SealedCursors) {
    this.#cursors = cursors;
  }

  /** Where the person's inbox stands: sealed for them, good for nobody else. */
  cursor({ userId, lastSeq }: InboxRow): string {
    return this.#cursors.seal(STREAM, userId, { seq: lastSeq });
  }
}
