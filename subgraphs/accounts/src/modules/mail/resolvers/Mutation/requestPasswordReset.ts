import { invalid } from '@plaza/subgraph/user-errors';
import { LIFE_MS } from '../../mail.policy.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const requestPasswordReset: NonNullable<MutationResolvers['requestPasswordReset']> = async (
  _parent,
  { input },
  { services, scope },
) => {
  const request = await services.passwordReset.request(input.identifier, scope.address);
  switch (request.kind) {
    case 'noted':
      return { __typename: 'RequestPasswordResetOk', tokenLifetime: LIFE_MS.RESET_PASSWORD / 1_000 };
    case 'invalid':
      return invalid(request.errors);
  }
};
