import { invalid } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const markRead: NonNullable<MutationResolvers['markRead']> = async (_parent, { input }, ctx) => {
  const conversation = await ctx.loaders.conversation.load(uuidOf('conversation', input.conversationId));
  const reading = await ctx.services.conversation.markRead(conversation, input.seq);
  ctx.forget();
  switch (reading.kind) {
    case 'read':
      return conversation === null ? notFound('conversation') : { __typename: 'MarkReadOk', conversation };
    case 'missing':
      return notFound('conversation');
    case 'invalid':
      return invalid(reading.fields);
  }
};
