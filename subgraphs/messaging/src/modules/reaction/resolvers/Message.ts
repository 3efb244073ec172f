import { canReadMessage } from '../../../talk/message.policy.js';
import type { MessageResolvers } from './../../types.generated.js';

export const Message: Pick<MessageResolvers, 'reactions' | '__resolveReference'> = {
  reactions: async (message, _args, { loaders, people }) =>
    message.deletedAt === null && canReadMessage(await people.sight(message.senderId)) ? loaders.reactions.load(message) : [],
};
