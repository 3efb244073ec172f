import type { MessageEditedResolvers } from './../../types.generated.js';
export const MessageEdited: MessageEditedResolvers = {/* Implement MessageEdited resolver logic here */};
