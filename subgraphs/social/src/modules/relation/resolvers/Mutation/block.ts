import { invalid } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const block: NonNullable<MutationResolvers['block']> = async (_parent, { input }, ctx) => {
  const userId = uuidOf('user', input.userId);
  const outcome = await ctx.services.block.block(ctx.looker, userId);
  await ctx.forgetRelations(userId);
  switch (outcome.kind) {
    case 'done':
      return { __typename: 'BlockOk', user: { userId } };
    case 'missing':
      return notFound('user');
    case 'invalid':
      return invalid(outcome.fields);
  }
};
