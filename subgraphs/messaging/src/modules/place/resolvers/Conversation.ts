import type { ConversationResolvers } from './../../types.generated.js';

export const Conversation: Pick<ConversationResolvers, 'isMuted' | 'isPinned' | 'isRequest' | '__resolveReference'> = {
  isMuted: async ({ id }, _args, { loaders }) => (await loaders.membership.load(id))?.isMuted ?? false,
  isPinned: async ({ id }, _args, { loaders }) => (await loaders.membership.load(id))?.isPinned ?? false,
  isRequest: async ({ id }, _args, { loaders }) => (await loaders.membership.load(id))?.isRequest ?? false,
};
