import type { FeedItemUpdatedResolvers } from './../../types.generated.js';
export const FeedItemUpdated: FeedItemUpdatedResolvers = {/* Implement FeedItemUpdated resolver logic here */};
