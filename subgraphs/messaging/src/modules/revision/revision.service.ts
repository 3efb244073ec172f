import type { Database } from '@plaza/db/database';
import type { FieldError } from '@plaza/kernel/field-errors';
import { DeliveryStore } from '../../delivery/delivery.store.js';
import type { InboxLogStore } from '../../inbox/inbox-log.store.js';
import type { SeenMessage } from '../../seen-message.js';
import type { Talker } from '../../talker.js';
import type { ConversationService } from '../conversation/conversation.service.js';
import { faultsOfText } from '../../talk/message.policy.js';
import type { HiddenStore } from './hidden.store.js';
import { MAX_EDITS, type RevisionStore } from './revision.store.js';

export interface RevisionParts {
  /** Where people are at home. */
  readonly home: Database<unknown>;
  readonly revisions: RevisionStore;
  readonly hidden: HiddenStore;
  readonly conversations: ConversationService;
  readonly log: InboxLogStore;
  /** There is something to deliver. */
  readonly wake: () => void;
}

export type Editing =
  | { readonly kind: 'done' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'notAllowed' }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export type Deleting = 'done' | 'missing' | 'notAllowed';

/** Changes what was said, and takes it away. */
export class RevisionService {
  readonly #parts: RevisionParts;
  readonly #places = new DeliveryStore();

  constructor(parts: RevisionParts) {
    this.#parts = parts;
  }

  async edit(talker: Talker, seen: SeenMessage | null, text: string): Promise<Editing> {
    if (seen === null) return { kind: 'missing' };
    const { message, conversation } = seen;
    const { revisions, conversations, wake } = this.#parts;
    if (message.senderId !== talker.id || message.deletedAt !== null || !(await conversations.mayWrite(talker, conversation)))
      return { kind: 'notAllowed' };
    const fields = faultsOfText(text);
    if (fields.length > 0) return { kind: 'invalid', fields };
    const edited = await revisions.edit(message, text, talker.id);
    if (edited === 'gone') return { kind: 'notAllowed' };
    if (edited === 'full')
      return { kind: 'invalid', fields: [{ path: 'text', message: `A message is edited at most ${MAX_EDITS} times.` }] };
    wake();
    return { kind: 'done' };
  }

  async delete(talker: Talker, seen: SeenMessage | null, forEverybody: boolean): Promise<Deleting> {
    if (seen === null) return 'missing';
    if (!forEverybody) return this.#hide(talker.id, seen);
    const { message, conversation } = seen;
    const isModerator = conversation.kind === 'GROUP' && conversation.role !== 'MEMBER';
    if (conversation.leftSeq !== null || !(message.senderId === talker.id || isModerator)) return 'notAllowed';
    await this.#parts.revisions.delete(message, talker.id);
    this.#parts.wake();
    return 'done';
  }

  /** For one person: it is gone from their devices, and counts as read. */
  async #hide(userId: string, { message: { conversationId, seq } }: SeenMessage): Promise<'done'> {
    const { home, hidden, log } = this.#parts;
    await home.transaction(async (tx) => {
      if (!(await hidden.hide(tx, userId, { conversationId, seq }))) return;
      await this.#places.passOver(tx, [{ userId, conversationId, seq }]);
      await log.append(tx, [{ userId, kind: 'MESSAGE_DELETED', conversationId, seq, actorId: userId }]);
    });
    return 'done';
  }
}
