import { toTypeId } from '@plaza/kernel/type-id';
import { requireViewer } from '@plaza/subgraph/request-scope';
import type { MutationResolvers } from './../../../types.generated.js';

export const logout: NonNullable<MutationResolvers['logout']> = async (_parent, _args, context) => {
  const { id, sessionId } = requireViewer(context);
  await context.services.sessions.end(id, sessionId);
  return { __typename: 'LogoutOk', sessionId: toTypeId('session', sessionId) };
};
