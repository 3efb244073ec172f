import type { InboxKind, NewInboxEntry } from '../inbox/inbox-entry.js';

/** Something that has happened in a conversation. */
export interface Change {
  readonly conversationId: string;
  readonly position: number;
  readonly kind: InboxKind;
  readonly seq: number;
  readonly thingId: string | null;
  readonly actorId: string;
  readonly createdAt: Date;
}

/** Who may see which messages: those after `sinceSeq`, up to `leftSeq`. */
export interface Reader {
  readonly conversationId: string;
  readonly userId: string;
  readonly sinceSeq: number;
  readonly leftSeq: number | null;
  /** Whether it came to them as a request. */
  readonly isRequest: boolean;
}

/** A person's place in a conversation, brought up to date. */
export interface Arrival {
  readonly userId: string;
  readonly conversationId: string;
  /** Where somebody begins to count who is new to it. */
  readonly sinceSeq: number;
  /** The last message that has arrived; 0 for none. */
  readonly lastSeq: number;
  readonly at: Date | null;
  readonly hasLeft: boolean;
  /** What it is for whoever is new to it. */
  readonly isRequest: boolean;
}

export interface DeliveryPlan {
  readonly entries: readonly NewInboxEntry[];
  readonly arrivals: readonly Arrival[];
  /** Messages that are nothing new to somebody: their own, and what was deleted. */
  readonly uncounted: readonly { readonly userId: string; readonly conversationId: string; readonly seq: number }[];
}

/** Above so many readers one line stands for all messages in a row. */
export const MANY_READERS = 100;

/** What changes of one conversation, in their order, bring to its readers. */
export function planDelivery(changes: readonly Change[], readers: readonly Reader[]): DeliveryPlan {
  const arrivals = readers.map((reader) => arrivalOf(reader, changes));
  const lines = readers.length > MANY_READERS ? inRows(changes) : changes.map((change) => ({ change, untilSeq: change.seq }));
  const entries = lines.flatMap(({ change, untilSeq }) =>
    readers
      .filter((reader) => concerns(change, reader))
      .map((reader) => {
        const last = Math.min(untilSeq, reader.leftSeq ?? untilSeq);
        return { ...entryOf(change, reader.userId), untilSeq: last > change.seq ? last : null };
      }),
  );
  const uncounted = changes.flatMap(({ kind, conversationId, seq, actorId }) => {
    if (kind === 'MESSAGE_ADDED') return readers.some(({ userId }) => userId === actorId) ? [{ userId: actorId, conversationId, seq }] : [];
    if (kind !== 'MESSAGE_DELETED') return [];
    return readers.filter((reader) => sees(reader, seq)).map(({ userId }) => ({ userId, conversationId, seq }));
  });
  return { entries, arrivals, uncounted };
}

const sees = ({ sinceSeq, leftSeq }: Reader, seq: number): boolean => seq > sinceSeq && (leftSeq === null || seq <= leftSeq);

/** What is about no message concerns those who are in it, and whom it is about. */
function concerns({ seq, thingId, actorId }: Change, reader: Reader): boolean {
  if (seq > 0) return sees(reader, seq);
  return reader.leftSeq === null || reader.userId === thingId || reader.userId === actorId;
}

function entryOf({ kind, conversationId, seq, thingId, actorId }: Change, userId: string): NewInboxEntry {
  return { userId, kind, conversationId, seq, thingId, actorId };
}

function arrivalOf(reader: Reader, changes: readonly Change[]): Arrival {
  const seen = changes.filter(({ kind, seq }) => kind === 'MESSAGE_ADDED' && sees(reader, seq));
  const started = changes.find(({ position }) => position === 1);
  const last = seen.at(-1) ?? started;
  const { userId, conversationId, sinceSeq, leftSeq, isRequest } = reader;
  return {
    userId,
    conversationId,
    sinceSeq,
    isRequest,
    lastSeq: seen.at(-1)?.seq ?? 0,
    at: last?.createdAt ?? null,
    hasLeft: leftSeq !== null,
  };
}

/** Messages that follow each other, as one line; where somebody comes or goes among them is another change, which ends the row. */
function inRows(changes: readonly Change[]): readonly { readonly change: Change; readonly untilSeq: number }[] {
  const rows: { change: Change; untilSeq: number }[] = [];
  for (const change of changes) {
    const last = rows.at(-1);
    const goesOn = last?.change.kind === 'MESSAGE_ADDED' && change.kind === 'MESSAGE_ADDED' && last.untilSeq + 1 === change.seq;
    if (last !== undefined && goesOn) last.untilSeq = change.seq;
    else rows.push({ change, untilSeq: change.seq });
  }
  return rows;
}
