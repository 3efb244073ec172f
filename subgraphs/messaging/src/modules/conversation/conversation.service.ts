import { claimKey, type Claim } from '@plaza/db/idempotency';
import type { Database } from '@plaza/db/database';
import type { FieldError } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import type { Page, PageRequest } from '@plaza/kernel/page';
import { directConversationId } from '../../shards/bucket.js';
import type { InboxLogStore } from '../../inbox/inbox-log.store.js';
import type { Talker } from '../../talker.js';
import { windowOf } from '../../window.js';
import { canStartWith, canWriteInto, faultsOfStart, MAX_STARTING_MEMBERS, SMALL_CONVERSATION } from './conversation.policy.js';
import type { ConversationKind, ConversationStore, SeenConversation } from './conversation.store.js';
import type { ListedConversation, MembershipStore } from './membership.store.js';

export interface ConversationParts {
  /** Where people are at home. */
  readonly home: Database<unknown>;
  readonly conversations: ConversationStore;
  readonly memberships: MembershipStore;
  readonly log: InboxLogStore;
  /** Brings what has happened in a conversation to its members now. */
  readonly deliver: (conversationId: string) => Promise<void>;
}

export interface Start {
  readonly idempotencyKey: string;
  readonly kind: ConversationKind;
  readonly memberIds: readonly string[];
  readonly title: string | null;
}

export type Starting =
  | { readonly kind: 'started'; readonly conversationId: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] }
  | { readonly kind: 'keyConflict' };

export type Reading =
  { readonly kind: 'read' } | { readonly kind: 'missing' } | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

/** Who talks with whom, and how far they have read. */
export class ConversationService {
  readonly #parts: ConversationParts;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
  }

  async listed(userId: string, { first, after }: PageRequest): Promise<Page<ListedConversation>> {
    return this.#parts.memberships.listed(userId, first, after);
  }

  /** The one that is there, or a new one. */
  async start(talker: Talker, { idempotencyKey, kind, memberIds, title }: Start): Promise<Starting> {
    const others = [...new Set(memberIds)].filter((id) => id !== talker.id);
    if (others.length <= MAX_STARTING_MEMBERS) {
      const sights = await talker.people.sights(others);
      if (![...sights.values()].every(canStartWith)) return { kind: 'missing' };
    }
    const isWithSelf = memberIds.includes(talker.id);
    const fields = faultsOfStart({ idempotencyKey, kind, others, isWithSelf, title });
    if (fields.length > 0) return { kind: 'invalid', fields };

    const offered = kind === 'DIRECT' ? directConversationId(talker.id, others[0] ?? '') : newId();
    const claim = await this.#claim(talker.id, { idempotencyKey, kind, others: others.toSorted(), title }, offered);
    if (claim.kind === 'conflict') return { kind: 'keyConflict' };
    const id = claim.kind === 'repeat' ? claim.resultId : offered;
    // Also after a repeat: whoever claimed the key may have been stopped before this.
    const role = kind === 'DIRECT' ? 'MEMBER' : 'OWNER';
    const members = [{ userId: talker.id, role } as const, ...others.map((userId) => ({ userId, role: 'MEMBER' }) as const)];
    await this.#parts.conversations.start({ id, kind, title, createdBy: talker.id, members });
    await this.#parts.deliver(id);
    return { kind: 'started', conversationId: id };
  }

  /** Whether somebody may write into a conversation that they see. */
  async mayWrite({ people }: Talker, conversation: SeenConversation): Promise<boolean> {
    const { otherId } = conversation;
    return canWriteInto(conversation, otherId === null ? null : await people.sight(otherId));
  }

  /** Notes that a member has read up to `seq`, and tells them all, themselves too: they may have several devices. */
  async markRead(conversation: SeenConversation | null, seq: number): Promise<Reading> {
    if (conversation === null) return { kind: 'missing' };
    if (seq < 0) return { kind: 'invalid', fields: [{ path: 'seq', message: 'A place in a conversation is 0 or more.' }] };
    const { home, memberships, log } = this.#parts;
    const { id: conversationId, viewerId: actorId } = conversation;
    const upTo = Math.min(seq, windowOf(conversation).end);
    await home.transaction(async (tx) => {
      if (upTo === 0 || !(await memberships.read(tx, actorId, conversationId, upTo))) return;
      const present = await memberships.present(tx, conversationId, SMALL_CONVERSATION + 1);
      const readers = present.length > SMALL_CONVERSATION ? [actorId] : [...new Set([...present, actorId])];
      await log.append(
        tx,
        readers.map((userId) => ({ userId, kind: 'MESSAGE_READ', conversationId, seq: upTo, actorId })),
      );
    });
    return { kind: 'read' };
  }

  async #claim(viewerId: string, { idempotencyKey: key, ...input }: Record<string, unknown>, offered: string): Promise<Claim> {
    return this.#parts.home.transaction((tx) =>
      claimKey(tx, { viewerId, mutation: 'startConversation', key: String(key), input }, offered),
    );
  }
}
