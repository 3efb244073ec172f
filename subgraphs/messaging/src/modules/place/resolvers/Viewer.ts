import { pageRequest } from '@plaza/kernel/page';
import { conversationConnection } from '../../../talk/conversation-connection.js';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'conversationRequests' | 'pinnedConversations' | '__resolveReference'> = {
  pinnedConversations: async ({ id }, _args, { services, loaders }) => {
    const seen = await Promise.all((await services.place.pinned(id)).map((conversationId) => loaders.conversation.load(conversationId)));
    return seen.filter((conversation) => conversation !== null);
  },
  conversationRequests: async ({ id }, args, { services, loaders }) =>
    conversationConnection(await services.conversation.requests(id, pageRequest(args)), (one) => loaders.conversation.load(one)),
};
