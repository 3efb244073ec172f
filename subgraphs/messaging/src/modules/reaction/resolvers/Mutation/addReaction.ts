import { invalid } from '@plaza/subgraph/user-errors';
import { cannotWrite, notFound } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const addReaction: NonNullable<MutationResolvers['addReaction']> = async (_parent, { input }, ctx) => {
  const outcome = await ctx.services.reaction.add(ctx.talker, await ctx.seenMessage(input.messageId), input.emoji);
  ctx.forget();
  switch (outcome.kind) {
    case 'done': {
      const seen = await ctx.seenMessage(input.messageId);
      return seen === null ? notFound('message') : { __typename: 'AddReactionOk', message: seen.message };
    }
    case 'missing':
      return notFound('message');
    case 'notAllowed':
      return cannotWrite();
    case 'full':
      return {
        __typename: 'ReactionLimitError',
        code: 'REACTION_LIMIT',
        message: 'There are as many as there may be.',
        limit: outcome.limit,
      };
    case 'invalid':
      return invalid(outcome.fields);
  }
};
