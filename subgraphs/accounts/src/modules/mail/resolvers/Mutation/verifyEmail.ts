import { INVALID_TOKEN } from '../../invalid-token.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const verifyEmail: NonNullable<MutationResolvers['verifyEmail']> = async (_parent, { input }, { services }) => {
  const verification = await services.verification.verify(input.token);
  switch (verification.kind) {
    case 'verified':
      return { __typename: 'VerifyEmailOk', email: verification.email };
    case 'invalidToken':
      return INVALID_TOKEN;
  }
};
