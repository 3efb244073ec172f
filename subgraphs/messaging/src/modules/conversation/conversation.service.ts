import { claimKey, type Claim } from '@plaza/db/idempotency';
import type { Database } from '@plaza/db/database';
import type { FieldError } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import type { Page, PageRequest } from '@plaza/kernel/page';
import { directConversationId } from '../../shards/bucket.js';
import type { InboxLogStore } from '../../inbox/inbox-log.store.js';
import type { Talker } from '../../talker.js';
import { windowOf } from '../../window.js';
import { canStartWith, canWriteInto, faultsOfStart, MAX_STARTING_MEMBERS, SMALL_CONVERSATION } from '../../talk/conversation.policy.js';
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
  readonly doors: Doors;
}

/** From whom people take messages. */
export interface Doors {
  /** Those of the people who take what comes from others than those whom they follow as a request. */
  readonly guarded: (userIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Whether somebody takes no messages in a conversation from people whom they do not follow. */
  readonly isClosed: (userId: string, conversationId: string) => Promise<boolean>;
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
    return this.#parts.memberships.listed(userId, false, first, after);
  }

  /** Those that wait to be accepted. */
  async requests(userId: string, { first, after }: PageRequest): Promise<Page<ListedConversation>> {
    return this.#parts.memberships.listed(userId, true, first, after);
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
    const requested = await this.requestedBy(talker, others);
    const members = [
      { userId: talker.id, role, isRequest: false } as const,
      ...others.map((userId) => ({ userId, role: 'MEMBER', isRequest: requested.has(userId) }) as const),
    ];
    await this.#parts.conversations.start({ id, kind, title, createdBy: talker.id, members });
    await this.#parts.deliver(id);
    return { kind: 'started', conversationId: id };
  }

  /** Those whom a conversation that the talker draws them into reaches as a request. */
  async requestedBy({ people }: Talker, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const [guarded, sights] = await Promise.all([this.#parts.doors.guarded(userIds), people.sights(userIds)]);
    return new Set(userIds.filter((userId) => guarded.has(userId) && sights.get(userId)?.relation.isFollowedBy !== true));
  }

  /** Whether somebody may write into a conversation that they see. */
  async mayWrite({ people }: Talker, conversation: SeenConversation): Promise<boolean> {
    const { otherId } = conversation;
    if (otherId === null) return canWriteInto(conversation, null);
    const sight = await people.sight(otherId);
    return (
      canWriteInto(conversation, sight) && (sight.relation.isFollowedBy || !(await this.#parts.doors.isClosed(otherId, conversation.id)))
    );
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
      const isTold = present.length <= SMALL_CONVERSATION && !(await memberships.isRequest(tx, actorId, conversationId));
      const readers = isTold ? [...new Set([...present, actorId])] : [actorId];
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
