import type { FieldError } from '@plaza/kernel/field-errors';
import type { SeenMessage } from '../../seen-message.js';
import type { Talker } from '../../talker.js';
import type { ConversationService } from '../conversation/conversation.service.js';
import { canReadMessage } from '../../talk/message.policy.js';
import { isEmoji } from './reaction.policy.js';
import type { ReactionStore } from './reaction.store.js';

export type ReactionOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'notAllowed' }
  | { readonly kind: 'full'; readonly limit: number }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export interface ReactionParts {
  readonly reactions: ReactionStore;
  readonly conversations: ConversationService;
  /** There is something to deliver. */
  readonly wake: () => void;
}

/** Puts emoji under messages. */
export class ReactionService {
  readonly #parts: ReactionParts;

  constructor(parts: ReactionParts) {
    this.#parts = parts;
  }

  async add(talker: Talker, seen: SeenMessage | null, emoji: string): Promise<ReactionOutcome> {
    if (seen === null) return { kind: 'missing' };
    if (!(await this.#mayReact(talker, seen))) return { kind: 'notAllowed' };
    if (!isEmoji(emoji)) return { kind: 'invalid', fields: [{ path: 'emoji', message: 'One emoji.' }] };
    const reacting = await this.#parts.reactions.add(seen.message, talker.id, emoji);
    if (reacting === 'gone') return { kind: 'notAllowed' };
    if (reacting !== 'done') return { kind: 'full', limit: reacting.limit };
    this.#parts.wake();
    return { kind: 'done' };
  }

  async remove(talker: Talker, seen: SeenMessage | null, emoji: string): Promise<'done' | 'missing' | 'notAllowed'> {
    if (seen === null) return 'missing';
    if (!(await this.#mayReact(talker, seen))) return 'notAllowed';
    // What is no emoji is under no message.
    if (isEmoji(emoji)) await this.#parts.reactions.remove(seen.message, talker.id, emoji);
    this.#parts.wake();
    return 'done';
  }

  async #mayReact(talker: Talker, { message, conversation }: SeenMessage): Promise<boolean> {
    if (message.deletedAt !== null || !canReadMessage(await talker.people.sight(message.senderId))) return false;
    return this.#parts.conversations.mayWrite(talker, conversation);
  }
}
