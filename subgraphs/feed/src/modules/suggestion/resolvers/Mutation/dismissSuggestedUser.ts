import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { requireViewer } from '@plaza/subgraph/request-scope';
import type { MutationResolvers } from './../../../types.generated.js';

export const dismissSuggestedUser: NonNullable<MutationResolvers['dismissSuggestedUser']> = async (_parent, { input }, ctx) => {
  const viewer = requireViewer(ctx);
  const userId = fromTypeId('user', input.userId);
  const outcome = userId === null ? 'missing' : await ctx.services.suggestions.dismiss(viewer.id, ctx.people, userId);
  switch (outcome) {
    case 'done':
      return { __typename: 'DismissSuggestedUserOk', viewer: { __typename: 'Viewer', id: toTypeId('viewer', viewer.id) } };
    case 'missing':
      return { __typename: 'NotFoundError', code: 'NOT_FOUND', message: 'There is no such user.' };
    case 'oneself':
      return {
        __typename: 'ValidationError',
        code: 'VALIDATION',
        message: 'The input breaks a rule.',
        fields: [{ path: 'userId', message: 'This is yourself.' }],
      };
  }
};
