import { Fault } from '@plaza/kernel/fault';
import { requireViewer } from '@plaza/subgraph/request-scope';
import type { MutationResolvers } from './../../../types.generated.js';

export const resendVerification: NonNullable<MutationResolvers['resendVerification']> = async (_parent, _args, { services, scope }) => {
  const resending = await services.verification.resend(requireViewer(scope).id, scope.address);
  switch (resending.kind) {
    case 'sent':
      return { __typename: 'ResendVerificationOk', email: resending.email };
    case 'alreadyVerified':
      return { __typename: 'EmailAlreadyVerifiedError', code: 'EMAIL_ALREADY_VERIFIED', message: 'The address is proved already.' };
    case 'gone':
      throw new Fault('UNAUTHENTICATED', 'Sign in first.');
  }
};
