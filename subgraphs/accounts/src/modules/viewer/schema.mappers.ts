import type { PreferencesRow } from './viewer.store.js';

/** The person and the session that is theirs: of the assertion, or the one that was just opened. */
export interface ViewerMapper {
  readonly userId: string;
  readonly sessionId: string;
}

export type PreferencesMapper = PreferencesRow;
