import { windowOf } from '../../../window.js';
import { messagePage } from '../message-page.js';
import { messageConnection } from '../message-connection.js';
import type { ConversationResolvers } from './../../types.generated.js';

export const Conversation: Pick<ConversationResolvers, 'lastMessage' | 'messages' | '__resolveReference'> = {
  lastMessage: async (conversation, _args, { loaders }) => {
    const { since, end } = windowOf(conversation);
    return end > since ? loaders.messageAt.load({ conversationId: conversation.id, seq: end }) : null;
  },
  messages: async (conversation, args, { loaders }) => {
    const page = messagePage(args);
    const rows = await loaders.messages(page, conversation.id);
    const isHidden = await Promise.all(rows.map(({ conversationId, seq }) => loaders.isHidden.load({ conversationId, seq })));
    const shown = rows.filter((_, index) => !isHidden[index]);
    return messageConnection(rows, shown, page, windowOf(conversation));
  },
};
