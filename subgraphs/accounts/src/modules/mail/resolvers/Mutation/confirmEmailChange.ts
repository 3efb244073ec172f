import { INVALID_TOKEN } from '../../invalid-token.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const confirmEmailChange: NonNullable<MutationResolvers['confirmEmailChange']> = async (_parent, { input }, { services }) => {
  const confirmation = await services.emailChange.confirm(input.token);
  switch (confirmation.kind) {
    case 'changed':
      return { __typename: 'ConfirmEmailChangeOk', email: confirmation.email };
    case 'invalidToken':
      return INVALID_TOKEN;
  }
};
