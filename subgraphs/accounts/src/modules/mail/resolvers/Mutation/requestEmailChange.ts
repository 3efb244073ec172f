import { requireViewer } from '@plaza/subgraph/request-scope';
import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from './../../../types.generated.js';

export const requestEmailChange: NonNullable<MutationResolvers['requestEmailChange']> = async (_parent, { input }, { services, scope }) => {
  const request = await services.emailChange.request(requireViewer(scope).id, input, scope.address);
  switch (request.kind) {
    case 'noted':
      return { __typename: 'RequestEmailChangeOk', pendingEmail: request.email };
    case 'wrongPassword':
      return { __typename: 'InvalidCredentialsError', code: 'INVALID_CREDENTIALS', message: 'The password is another.' };
    case 'invalid':
      return invalid(request.errors);
  }
};
