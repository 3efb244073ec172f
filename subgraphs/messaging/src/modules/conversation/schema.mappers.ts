import type { SeenConversation } from './conversation.store.js';

/** Only ever one that the viewer sees. */
export type ConversationMapper = SeenConversation;
