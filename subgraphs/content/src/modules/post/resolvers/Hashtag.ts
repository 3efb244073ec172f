import type { HashtagResolvers } from '../../types.generated.js';

export const Hashtag: HashtagResolvers = {
  /** Every word that can be a hashtag is one, used or not. */
  __resolveReference({ name }, { services }) {
    const known = services.post.hashtagName(name);
    return known === null ? null : { name: known };
  },
};
