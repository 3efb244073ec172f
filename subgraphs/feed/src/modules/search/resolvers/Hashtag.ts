import type { HashtagResolvers } from './../../types.generated.js';

export const Hashtag: HashtagResolvers = {
  __resolveReference: ({ name }) => ({ __typename: 'Hashtag', name }),
  postCount: ({ name }, _args, { hashtagCounts }) => hashtagCounts.load(name),
};
