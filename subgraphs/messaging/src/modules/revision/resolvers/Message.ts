import { canReadMessage } from '../../../talk/message.policy.js';
import type { MessageResolvers } from './../../types.generated.js';

export const Message: Pick<MessageResolvers, 'revisions' | '__resolveReference'> = {
  revisions: async (message, _args, { loaders, people }) =>
    message.editedAt !== null && message.deletedAt === null && canReadMessage(await people.sight(message.senderId))
      ? loaders.revisions.load(message)
      : [],
};
