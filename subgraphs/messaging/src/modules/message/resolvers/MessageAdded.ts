import type { MessageAddedResolvers } from './../../types.generated.js';
export const MessageAdded: MessageAddedResolvers = {/* Implement MessageAdded resolver logic here */};
