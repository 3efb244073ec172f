import type { MessageReactedResolvers } from './../../types.generated.js';
export const MessageReacted: MessageReactedResolvers = {/* Implement MessageReacted resolver logic here */};
