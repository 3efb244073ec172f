import { notAllowed, notFound } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const joinByLink: NonNullable<MutationResolvers['joinByLink']> = async (_parent, { input }, ctx) => {
  const joining = await ctx.services.join.join(ctx.talker, input.code);
  ctx.forget();
  switch (joining.kind) {
    case 'joined': {
      const conversation = await ctx.loaders.conversation.load(joining.conversationId);
      return conversation === null ? notFound('join link') : { __typename: 'JoinByLinkOk', conversation, title: conversation.title };
    }
    case 'asked':
      return { __typename: 'JoinByLinkOk', conversation: null, title: joining.title };
    case 'missing':
      return notFound('join link');
    case 'notAllowed':
      return notAllowed('This group is full.');
  }
};
