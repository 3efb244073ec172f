import type { MessageReadResolvers } from './../../types.generated.js';
export const MessageRead: MessageReadResolvers = {/* Implement MessageRead resolver logic here */};
