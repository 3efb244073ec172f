import type { MutationResolvers } from './../../../types.generated.js';

export const refreshSession: NonNullable<MutationResolvers['refreshSession']> = async (_parent, { input }, { services, scope }) => {
  const { refreshToken, idempotencyKey } = input;
  const refresh = await services.refresh.refresh({ refreshToken, key: idempotencyKey }, scope.address);
  switch (refresh.kind) {
    case 'refreshed':
      return { __typename: 'RefreshSessionOk', session: refresh.tokens };
    case 'revoked':
      return { __typename: 'SessionRevokedError', code: 'SESSION_REVOKED', message: 'The session has ended. Sign in again.' };
  }
};
