import { fromTypeId } from '@plaza/kernel/type-id';
import { requireViewer } from '@plaza/subgraph/request-scope';
import type { MutationResolvers } from './../../../types.generated.js';

export const revokeSession: NonNullable<MutationResolvers['revokeSession']> = async (_parent, { input }, context) => {
  const viewer = requireViewer(context);
  const sessionId = fromTypeId('session', input.sessionId);
  const isEnded = sessionId !== null && (await context.services.sessions.end(viewer.id, sessionId));
  return isEnded
    ? { __typename: 'RevokeSessionOk', sessionId: input.sessionId }
    : { __typename: 'NotFoundError', code: 'NOT_FOUND', message: 'There is no such session.' };
};
