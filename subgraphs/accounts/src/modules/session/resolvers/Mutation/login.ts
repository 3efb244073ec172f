import type { MutationResolvers } from './../../../types.generated.js';

export const login: NonNullable<MutationResolvers['login']> = async (_parent, { input }, { services, scope }) => {
  const attempt = await services.login.login(input, scope);
  switch (attempt.kind) {
    case 'in': {
      const { userId, sessionId, tokens } = attempt;
      return { __typename: 'LoginOk', session: tokens, viewer: { userId, sessionId } };
    }
    case 'refused':
      return {
        __typename: 'InvalidCredentialsError',
        code: 'INVALID_CREDENTIALS',
        message: 'There is no such account, or the password is another.',
      };
  }
};
