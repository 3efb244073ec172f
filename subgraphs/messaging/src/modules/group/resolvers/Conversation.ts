import { badUserInput } from '@plaza/kernel/fault';
import { canSeeUser } from '@plaza/visibility/can-see';
import { refusalOf } from '../group.service.js';
import type { ConversationResolvers } from './../../types.generated.js';

export const Conversation: Pick<ConversationResolvers, 'joinLinks' | 'joinRequests' | 'memberCount' | 'viewerRole' | '__resolveReference'> =
  {
    viewerRole: ({ role, leftSeq }) => (leftSeq === null ? role : null),
    memberCount: async ({ id }, _args, { loaders }) => (await loaders.memberCount.load(id))?.count ?? 0,
    joinLinks: (conversation, _args, { loaders }) => (refusalOf(conversation) === null ? loaders.joinLinks.load(conversation.id) : null),
    joinRequests: async (conversation, { first }, { loaders, people }) => {
      if (first < 0 || first > 100) throw badUserInput('first: from 0 to 100.');
      if (refusalOf(conversation) !== null) return null;
      const requests = await loaders.joinRequests({ first }, conversation.id);
      const sights = await people.sights(requests.map(({ userId }) => userId));
      return requests.filter(({ userId }) => {
        const sight = sights.get(userId);
        return sight !== undefined && canSeeUser(sight);
      });
    },
  };
