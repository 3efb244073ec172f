import { invalid } from '@plaza/subgraph/user-errors';
import { notAllowed, notFound } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const editMessage: NonNullable<MutationResolvers['editMessage']> = async (_parent, { input }, ctx) => {
  const outcome = await ctx.services.revision.edit(ctx.talker, await ctx.seenMessage(input.messageId), input.text);
  ctx.forget();
  switch (outcome.kind) {
    case 'done': {
      const seen = await ctx.seenMessage(input.messageId);
      return seen === null ? notFound('message') : { __typename: 'EditMessageOk', message: seen.message };
    }
    case 'missing':
      return notFound('message');
    case 'notAllowed':
      return notAllowed('You cannot edit this message.');
    case 'invalid':
      return invalid(outcome.fields);
  }
};
