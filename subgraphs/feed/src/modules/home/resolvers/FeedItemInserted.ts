import type { FeedItemInsertedResolvers } from './../../types.generated.js';
export const FeedItemInserted: FeedItemInsertedResolvers = {/* Implement FeedItemInserted resolver logic here */};
