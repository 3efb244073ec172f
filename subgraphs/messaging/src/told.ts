import type { Context } from './context.js';
import type { InboxEntry } from './inbox/inbox-entry.js';
import type { ResolversTypes } from './modules/types.generated.js';

/** What a subscriber of an inbox is told. */
export type ToldEvent = ResolversTypes['InboxEvent'];

/** Looks at a line for the viewer of the context, with today's rules. Null: they are told nothing. Throws only what may pass when tried again. */
export type InboxSight = (entry: InboxEntry, cursor: string, ctx: Context) => Promise<ToldEvent | null>;
