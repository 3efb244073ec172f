import type { LiveBus } from '@plaza/live/live-bus';
import { tellPassing } from '../../inbox/inbox-channel.js';
import type { Talker } from '../../talker.js';
import { SMALL_CONVERSATION } from '../../talk/conversation.policy.js';
import type { ConversationService } from '../conversation/conversation.service.js';
import type { ConversationStore, SeenConversation } from '../conversation/conversation.store.js';
import type { ToldTyping } from './told-typing.js';

/** Clients take it for true so long. */
export const TYPING_HOLDS_MS = 10_000;

export interface TypingParts {
  readonly conversations: ConversationStore;
  readonly conversation: ConversationService;
  readonly bus: LiveBus;
  readonly told: ToldTyping;
}

/** Tells who writes. Nothing of it is kept, but for a few seconds who was told last. */
export class TypingService {
  readonly #parts: TypingParts;

  constructor(parts: TypingParts) {
    this.#parts = parts;
  }

  async set(
    talker: Talker,
    seen: SeenConversation | null,
    isTyping: boolean,
    isShown: boolean,
  ): Promise<'done' | 'missing' | 'notAllowed'> {
    if (seen === null) return 'missing';
    if (!(await this.#parts.conversation.mayWrite(talker, seen))) return 'notAllowed';
    if (!isShown || !(await this.#parts.told.isNews(seen.id, talker.id, isTyping))) return 'done';
    const members = await this.#parts.conversations.members([seen.id], null, SMALL_CONVERSATION + 1);
    if (members.length > SMALL_CONVERSATION) return 'done';
    const others = members.map(({ userId }) => userId).filter((id) => id !== talker.id);
    tellPassing(this.#parts.bus, others, { kind: 'TYPING', conversationId: seen.id, actorId: talker.id, isTyping });
    return 'done';
  }
}
