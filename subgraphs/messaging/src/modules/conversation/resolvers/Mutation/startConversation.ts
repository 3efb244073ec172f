import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const startConversation: NonNullable<MutationResolvers['startConversation']> = async (_parent, { input }, ctx) => {
  const { idempotencyKey, kind, memberIds, title } = input;
  const starting = await ctx.services.conversation.start(ctx.talker, {
    idempotencyKey,
    kind,
    memberIds: memberIds.map((id) => uuidOf('user', id)),
    title: title ?? null,
  });
  ctx.forget();
  switch (starting.kind) {
    case 'started': {
      const conversation = await ctx.loaders.conversation.load(starting.conversationId);
      return conversation === null ? notFound('conversation') : { __typename: 'StartConversationOk', conversation };
    }
    case 'missing':
      return notFound('user');
    case 'invalid':
      return invalid(starting.fields);
    case 'keyConflict':
      return keyConflict();
  }
};
