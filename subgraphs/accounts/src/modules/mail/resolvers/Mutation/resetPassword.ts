import { invalid } from '@plaza/subgraph/user-errors';
import { INVALID_TOKEN } from '../../invalid-token.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const resetPassword: NonNullable<MutationResolvers['resetPassword']> = async (_parent, { input }, { services }) => {
  const reset = await services.passwordReset.reset(input.token, input.newPassword);
  switch (reset.kind) {
    case 'reset':
      return { __typename: 'ResetPasswordOk', sessionsEnded: reset.sessionsEnded };
    case 'invalidToken':
      return INVALID_TOKEN;
    case 'invalid':
      return invalid(reset.errors);
  }
};
