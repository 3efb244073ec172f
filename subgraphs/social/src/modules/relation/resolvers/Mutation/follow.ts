import { invalid } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const follow: NonNullable<MutationResolvers['follow']> = async (_parent, { input }, ctx) => {
  const userId = uuidOf('user', input.userId);
  const outcome = await ctx.services.follow.follow(ctx.looker, userId, {
    reposts: input.reposts ?? true,
    languages: input.languages ?? [],
  });
  await ctx.forgetRelations(userId);
  switch (outcome.kind) {
    case 'done':
      return { __typename: 'FollowOk', user: { userId } };
    case 'missing':
      return notFound('user');
    case 'invalid':
      return invalid(outcome.fields);
  }
};
