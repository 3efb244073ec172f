import type { HashtagEntityResolvers } from '../../types.generated.js';

export const HashtagEntity: HashtagEntityResolvers = {
  hashtag: ({ name }) => ({ name }),
};
