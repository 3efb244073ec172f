import type { FeedSourceResolvers } from './../../types.generated.js';
export const FeedSource: FeedSourceResolvers = {/* Implement FeedSource resolver logic here */};
