import type { MessageRevisionResolvers } from './../../types.generated.js';
export const MessageRevision: MessageRevisionResolvers = {/* Implement MessageRevision resolver logic here */};
