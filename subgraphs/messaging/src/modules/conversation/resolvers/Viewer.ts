import { pageRequest } from '@plaza/kernel/page';
import { conversationConnection } from '../../../talk/conversation-connection.js';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'conversations' | '__resolveReference'> = {
  conversations: async ({ id: userId }, args, { services, loaders }) =>
    conversationConnection(await services.conversation.listed(userId, pageRequest(args)), (id) => loaders.conversation.load(id)),
};
