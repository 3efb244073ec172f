import { notAllowed, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const changeMemberRole: NonNullable<MutationResolvers['changeMemberRole']> = async (_parent, { input }, ctx) => {
  const id = uuidOf('conversation', input.conversationId);
  const outcome = await ctx.services.group.changeRole(
    ctx.talker,
    await ctx.loaders.conversation.load(id),
    uuidOf('user', input.userId),
    input.role,
  );
  ctx.forget();
  switch (outcome.kind) {
    case 'done': {
      const conversation = await ctx.loaders.conversation.load(id);
      return conversation === null ? notFound('conversation') : { __typename: 'ChangeMemberRoleOk', conversation };
    }
    case 'missing':
      return notFound(outcome.what);
    case 'invalid':
    case 'notAllowed':
      return notAllowed('You cannot do this in this conversation.');
  }
};
