import { INVALID_TOKEN } from '../../invalid-token.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const undoEmailChange: NonNullable<MutationResolvers['undoEmailChange']> = async (_parent, { input }, { services }) => {
  const undoing = await services.emailChange.undo(input.token);
  switch (undoing.kind) {
    case 'undone':
      return { __typename: 'UndoEmailChangeOk', email: undoing.email, sessionsEnded: undoing.sessionsEnded };
    case 'invalidToken':
      return INVALID_TOKEN;
  }
};
