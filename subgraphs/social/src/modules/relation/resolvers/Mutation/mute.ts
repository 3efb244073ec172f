import { invalid } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const mute: NonNullable<MutationResolvers['mute']> = async (_parent, { input }, ctx) => {
  const userId = uuidOf('user', input.userId);
  const outcome = await ctx.services.mute.mute(ctx.looker, userId, input.durationSeconds ?? null);
  await ctx.forgetRelations(userId);
  switch (outcome.kind) {
    case 'done':
      return { __typename: 'MuteOk', user: { userId } };
    case 'missing':
      return notFound('user');
    case 'invalid':
      return invalid(outcome.fields);
  }
};
