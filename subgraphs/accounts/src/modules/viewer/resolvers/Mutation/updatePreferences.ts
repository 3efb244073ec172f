import { requireViewer } from '@plaza/subgraph/request-scope';
import type { MutationResolvers } from './../../../types.generated.js';

export const updatePreferences: NonNullable<MutationResolvers['updatePreferences']> = async (_parent, { input }, context) => {
  const viewer = requireViewer(context);
  const update = await context.services.viewers.updatePreferences(viewer.id, input);
  switch (update.kind) {
    case 'updated':
      return {
        __typename: 'UpdatePreferencesOk',
        viewer: { userId: viewer.id, sessionId: viewer.sessionId },
        preferences: update.preferences,
      };
    case 'invalid':
      return { __typename: 'ValidationError', code: 'VALIDATION', message: 'A preference breaks a rule.', fields: update.errors };
  }
};
