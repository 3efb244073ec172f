import { pageRequest } from '@plaza/kernel/page';
import { toTypeId } from '@plaza/kernel/type-id';
import { referencedId } from '@plaza/subgraph/reference';
import { memberConnection } from '../member-connection.js';
import type { ConversationResolvers } from './../../types.generated.js';

export const Conversation: Pick<
  ConversationResolvers,
  'createdAt' | 'id' | 'kind' | 'members' | 'ref' | 'title' | 'unreadCount' | '__resolveReference'
> = {
  __resolveReference: async (reference, { loaders }) => {
    const id = referencedId('conversation', reference);
    return id === null ? null : loaders.conversation.load(id);
  },
  id: ({ id }) => toTypeId('conversation', id),
  ref: ({ id }) => toTypeId('conversation', id),
  members: async ({ id }, args, { loaders, people }) => {
    const page = pageRequest(args);
    return memberConnection(await loaders.members(page, id), page.first, people);
  },
  unreadCount: async ({ id, leftSeq }, _args, { loaders }) => (leftSeq === null ? ((await loaders.membership.load(id))?.unread ?? 0) : 0),
};
