import type { FeedItemRemovedResolvers } from './../../types.generated.js';
export const FeedItemRemoved: FeedItemRemovedResolvers = {/* Implement FeedItemRemoved resolver logic here */};
