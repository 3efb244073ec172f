import { notAllowed, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const leaveConversation: NonNullable<MutationResolvers['leaveConversation']> = async (_parent, { input }, ctx) => {
  const id = uuidOf('conversation', input.conversationId);
  const outcome = await ctx.services.group.leave(ctx.talker, await ctx.loaders.conversation.load(id));
  ctx.forget();
  switch (outcome.kind) {
    case 'done': {
      const conversation = await ctx.loaders.conversation.load(id);
      return conversation === null ? notFound('conversation') : { __typename: 'LeaveConversationOk', conversation };
    }
    case 'missing':
      return notFound(outcome.what);
    case 'invalid':
    case 'notAllowed':
      return notAllowed('You cannot do this in this conversation.');
  }
};
