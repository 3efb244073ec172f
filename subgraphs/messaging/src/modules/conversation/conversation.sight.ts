import { canSeeUser, canSeeWorkOf } from '@plaza/visibility/can-see';
import { idOf } from '../../results.js';
import type { Context } from '../../context.js';
import type { PassingEntry } from '../../inbox/inbox-entry.js';
import type { InboxSight, ToldEvent } from '../../told.js';

export const seeConversationChange: InboxSight = async ({ conversationId }, cursor, { loaders }) => {
  const conversation = conversationId === null ? null : await loaders.conversation.load(conversationId);
  return conversation && { __typename: 'ConversationChanged', cursor, conversation };
};

/** That somebody has read is told of people whom the viewer sees, where neither of them keeps it to themselves. */
export const seeRead: InboxSight = async ({ conversationId, actorId, seq }, cursor, { loaders, people }) => {
  const conversation = conversationId === null ? null : await loaders.conversation.load(conversationId);
  if (conversation === null || actorId === null || !canSeeUser(await people.sight(actorId))) return null;
  if (actorId !== conversation.viewerId) {
    const [own, theirs] = await loaders.messagingPreferences.loadMany([conversation.viewerId, actorId]);
    if (own instanceof Error) throw own;
    if (theirs instanceof Error) throw theirs;
    if (own?.readReceipts !== true || theirs?.readReceipts !== true) return null;
  }
  return { __typename: 'MessageRead', cursor, conversation, user: { id: idOf('user', actorId) }, seq };
};

/** That somebody writes is told of people whom the viewer sees, where they may write at all. */
export async function seeTyping(entry: PassingEntry, cursor: string, { loaders, people }: Context): Promise<ToldEvent | null> {
  const conversation = await loaders.conversation.load(entry.conversationId);
  if (conversation?.leftSeq !== null || !canSeeWorkOf(await people.sight(entry.actorId))) return null;
  const user = { id: idOf('user', entry.actorId) };
  return { __typename: 'TypingChanged', cursor, conversation, user, isTyping: entry.isTyping };
}
