import type { Database } from '@plaza/db/database';
import type { FieldError } from '@plaza/kernel/field-errors';
import type { InboxLogStore } from '../../inbox/inbox-log.store.js';
import type { SeenConversation } from '../conversation/conversation.store.js';
import { MAX_PINNED, type PlaceStore } from './place.store.js';

export interface PlaceParts {
  /** Where people are at home. */
  readonly home: Database<unknown>;
  readonly places: PlaceStore;
  readonly log: InboxLogStore;
}

export interface PlaceChange {
  readonly isMuted: boolean | null;
  readonly isPinned: boolean | null;
}

export type Placing =
  { readonly kind: 'done' } | { readonly kind: 'missing' } | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

/** How somebody has a conversation: muted, pinned, as a request. It concerns nobody but their own devices. */
export class PlaceService {
  readonly #parts: PlaceParts;

  constructor(parts: PlaceParts) {
    this.#parts = parts;
  }

  pinned(userId: string): Promise<readonly string[]> {
    return this.#parts.places.pinned(userId);
  }

  async update(seen: SeenConversation | null, { isMuted, isPinned }: PlaceChange): Promise<Placing> {
    if (seen === null) return { kind: 'missing' };
    const { home, places, log } = this.#parts;
    const { viewerId: userId, id: conversationId } = seen;
    return home.transaction(async (tx): Promise<Placing> => {
      await places.lock(tx, userId);
      if (isPinned === true && (await places.othersPinned(tx, userId, conversationId)) >= MAX_PINNED)
        return { kind: 'invalid', fields: [{ path: 'isPinned', message: `At most ${MAX_PINNED} are pinned.` }] };
      await places.set(tx, userId, conversationId, isMuted, isPinned);
      await log.append(tx, [{ userId, kind: 'CONVERSATION_CHANGED', conversationId, actorId: userId }]);
      return { kind: 'done' };
    });
  }

  async accept(seen: SeenConversation | null): Promise<'done' | 'missing'> {
    if (seen === null) return 'missing';
    const { home, places, log } = this.#parts;
    const { viewerId: userId, id: conversationId } = seen;
    await home.transaction(async (tx) => {
      if (await places.accept(tx, userId, conversationId))
        await log.append(tx, [{ userId, kind: 'CONVERSATION_CHANGED', conversationId, actorId: userId }]);
    });
    return 'done';
  }

  async decline(seen: SeenConversation | null): Promise<'done' | 'missing'> {
    if (seen === null) return 'missing';
    const { home, places } = this.#parts;
    const isOne = await home.transaction((tx) => places.decline(tx, seen.viewerId, seen.id));
    return isOne ? 'done' : 'missing';
  }
}
