/** What a line of an inbox log tells of. */
export type InboxKind =
  | 'MESSAGE_ADDED'
  | 'MESSAGE_EDITED'
  | 'MESSAGE_DELETED'
  | 'MESSAGE_READ'
  | 'MESSAGE_REACTED'
  | 'CONVERSATION_CHANGED'
  | 'NOTIFICATION_ADDED'
  | 'NOTIFICATION_REMOVED';

/** A line to be written into somebody's log: ids only, what they stand for is looked at when it is told. */
export interface NewInboxEntry {
  readonly userId: string;
  readonly kind: InboxKind;
  readonly conversationId?: string | null;
  /** Of the message that it is about; 0 where it is about none. */
  readonly seq?: number;
  /** The last of several messages in a row that one line stands for, from `seq` on. */
  readonly untilSeq?: number | null;
  /** A notification, a reaction: whatever the kind says. */
  readonly thingId?: string | null;
  /** Whose doing it was. */
  readonly actorId?: string | null;
}

/** Where a reader is: everything up to line `entry` is told, and the first `within` messages of the line after it. */
export interface InboxPosition {
  readonly entry: number;
  readonly within: number;
}

/** One thing to be told. */
export interface InboxEntry {
  readonly kind: InboxKind;
  /** Where its reader is who has it. */
  readonly position: InboxPosition;
  readonly conversationId: string | null;
  readonly seq: number;
  readonly thingId: string | null;
  readonly actorId: string | null;
}

/** Told to those who listen at this moment and never again; it leaves the reader where they are. */
export interface PassingEntry {
  readonly kind: 'TYPING';
  readonly conversationId: string;
  readonly actorId: string;
  readonly isTyping: boolean;
}

/** Whatever a stream of an inbox holds. */
export type InboxLine =
  | InboxEntry
  | (PassingEntry & { readonly position: InboxPosition })
  | { readonly kind: 'RESYNC'; readonly position: InboxPosition; readonly reason: 'CURSOR_EXPIRED' | 'CURSOR_UNKNOWN' };
