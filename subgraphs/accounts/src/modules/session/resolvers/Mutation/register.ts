import type { MutationResolvers } from './../../../types.generated.js';

export const register: NonNullable<MutationResolvers['register']> = async (_parent, { input }, { services, scope }) => {
  const registration = await services.registration.register(input, scope);
  switch (registration.kind) {
    case 'registered': {
      const { userId, sessionId, tokens } = registration;
      return { __typename: 'RegisterOk', session: tokens, viewer: { userId, sessionId } };
    }
    case 'taken':
      return {
        __typename: 'HandleTakenError',
        code: 'HANDLE_TAKEN',
        message: `@${registration.handle} is taken.`,
        handle: registration.handle,
      };
    case 'invalid':
      return { __typename: 'ValidationError', code: 'VALIDATION', message: 'The account breaks a rule.', fields: registration.errors };
  }
};
