import { idOf } from '../../results.js';
import type { InboxSight } from '../../told.js';

/** A message as it is now; nothing where the viewer may not see it, or where it was deleted since: that is told by itself. */
export const seeMessage =
  (__typename: 'MessageAdded' | 'MessageEdited' | 'MessageReacted'): InboxSight =>
  async ({ conversationId, seq }, cursor, { loaders }) => {
    const message = conversationId === null ? null : await loaders.messageAt.load({ conversationId, seq });
    return message === null || message.deletedAt !== null ? null : { __typename, cursor, message };
  };

export const seeMessageDeleted: InboxSight = async ({ conversationId, seq }, cursor, { loaders }) => {
  if (conversationId === null || (await loaders.conversation.load(conversationId)) === null) return null;
  return { __typename: 'MessageDeleted', cursor, conversationId: idOf('conversation', conversationId), seq };
};
