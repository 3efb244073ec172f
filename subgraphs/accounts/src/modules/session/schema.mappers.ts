import type { SessionRow } from './session.store.js';

export type SessionMapper = SessionRow & { readonly isCurrent: boolean };
