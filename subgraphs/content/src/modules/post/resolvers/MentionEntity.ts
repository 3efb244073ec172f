import type { MentionEntityResolvers } from '../../types.generated.js';

export const MentionEntity: MentionEntityResolvers = {
  user: ({ userId }) => ({ id: userId }),
};
