import type { SeenConversation } from './modules/conversation/conversation.store.js';
import type { MessageRow } from './modules/message/message.store.js';

/** A message that the viewer sees, with its conversation. */
export interface SeenMessage {
  readonly message: MessageRow;
  readonly conversation: SeenConversation;
}
