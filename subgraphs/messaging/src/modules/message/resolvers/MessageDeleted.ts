import type { MessageDeletedResolvers } from './../../types.generated.js';
export const MessageDeleted: MessageDeletedResolvers = {/* Implement MessageDeleted resolver logic here */};
