import type { Context } from './context.js';
import type { InboxKind, InboxLine } from './inbox/inbox-entry.js';
import { seeConversationChange, seeRead, seeTyping } from './modules/conversation/conversation.sight.js';
import { seeMessage, seeMessageDeleted } from './modules/message/message.sight.js';
import { seeNotification, seeNotificationRemoved } from './modules/notification/notification.sight.js';
import type { InboxSight, ToldEvent } from './told.js';

export type { ToldEvent } from './told.js';

/** Who says what of a line is told: the module that owns the thing. */
const SIGHTS: Readonly<Record<InboxKind, InboxSight>> = {
  MESSAGE_ADDED: seeMessage('MessageAdded'),
  MESSAGE_EDITED: seeMessage('MessageEdited'),
  MESSAGE_REACTED: seeMessage('MessageReacted'),
  MESSAGE_DELETED: seeMessageDeleted,
  MESSAGE_READ: seeRead,
  CONVERSATION_CHANGED: seeConversationChange,
  NOTIFICATION_ADDED: seeNotification,
  NOTIFICATION_REMOVED: seeNotificationRemoved,
};

/** A line with the rules of the moment. Null: this subscriber is told nothing of it. */
export async function look(line: InboxLine, cursor: string, ctx: Context): Promise<ToldEvent | null> {
  if (line.kind === 'RESYNC') return { __typename: 'Resync', cursor, reason: line.reason };
  return line.kind === 'TYPING' ? seeTyping(line, cursor, ctx) : SIGHTS[line.kind](line, cursor, ctx);
}
