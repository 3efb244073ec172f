import type { EventEnvelope } from './envelope.js';

/** Where a relay's loop brings the facts of one outbox. */
export interface Carrier {
  /** The name under which the outbox remembers how far it has come: a consumer's, or that of a log between (`kafka`). */
  readonly name: string;
  /** The types that go there; others are passed over. Null: all. */
  readonly types: readonly string[] | null;
  /** Resolves when facts can be brought. Asked again and again, before facts are read; cheap while all is well. @throws Error while they cannot. */
  ready(): Promise<void>;
  /** Brings facts of one lane, in order; resolves when they have arrived. Safe to repeat. @throws Error */
  carry(events: readonly EventEnvelope[]): Promise<void>;
}
