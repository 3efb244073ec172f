import { invalid } from '@plaza/subgraph/user-errors';
import { notAllowed, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const createJoinLink: NonNullable<MutationResolvers['createJoinLink']> = async (_parent, { input }, ctx) => {
  const seen = await ctx.loaders.conversation.load(uuidOf('conversation', input.conversationId));
  const outcome = await ctx.services.join.createLink(ctx.talker, seen, {
    needsApproval: input.needsApproval ?? false,
    expiresAt: input.expiresAt ?? null,
    maxUses: input.maxUses ?? null,
  });
  ctx.forget();
  switch (outcome.kind) {
    case 'made':
      return { __typename: 'CreateJoinLinkOk', joinLink: outcome.link };
    case 'missing':
      return notFound(outcome.what);
    case 'invalid':
      return invalid(outcome.fields);
    case 'done':
    case 'notAllowed':
      return notAllowed('You cannot do this in this conversation.');
  }
};
