import { invalid } from '@plaza/subgraph/user-errors';
import { notAllowed, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const renameConversation: NonNullable<MutationResolvers['renameConversation']> = async (_parent, { input }, ctx) => {
  const id = uuidOf('conversation', input.conversationId);
  const outcome = await ctx.services.group.rename(ctx.talker, await ctx.loaders.conversation.load(id), input.title);
  ctx.forget();
  switch (outcome.kind) {
    case 'done': {
      const conversation = await ctx.loaders.conversation.load(id);
      return conversation === null ? notFound('conversation') : { __typename: 'RenameConversationOk', conversation };
    }
    case 'missing':
      return notFound(outcome.what);
    case 'invalid':
      return invalid(outcome.fields);
    case 'notAllowed':
      return notAllowed('You cannot do this in this conversation.');
  }
};
