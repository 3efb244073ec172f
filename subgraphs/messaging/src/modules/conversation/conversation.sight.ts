import { canSeeUser } from '@plaza/visibility/can-see';
import { idOf } from '../../results.js';
import type { InboxSight } from '../../told.js';

export const seeConversationChange: InboxSight = async ({ conversationId }, cursor, { loaders }) =>
  conversationId === null
    ? null
    : { __typename: 'ConversationChanged', cursor, conversation: await loaders.conversation.load(conversationId) };

/** That somebody has read is told of people whom the viewer sees. */
export const seeRead: InboxSight = async ({ conversationId, actorId, seq }, cursor, { loaders, people }) => {
  const conversation = conversationId === null ? null : await loaders.conversation.load(conversationId);
  if (conversation === null || actorId === null || !canSeeUser(await people.sight(actorId))) return null;
  return { __typename: 'MessageRead', cursor, conversation, user: { id: idOf('user', actorId) }, seq };
};
