import type { ConversationChangedResolvers } from './../../types.generated.js';
export const ConversationChanged: ConversationChangedResolvers = {/* Implement ConversationChanged resolver logic here */};
