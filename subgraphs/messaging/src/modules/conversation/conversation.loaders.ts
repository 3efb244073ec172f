import { byKey } from '@plaza/db/loaders';
import { argumentLoaders } from '@plaza/db/argument-loaders';
import type { ConversationStore, MemberRow, SeenConversation } from './conversation.store.js';
import type { Membership, MembershipStore } from './membership.store.js';
import type { Keyset } from '@plaza/kernel/page';

export interface MembersPage {
  readonly first: number;
  readonly after: Keyset | null;
}

/** What one request reads of conversations. Null: not there, or not the viewer's. */
export function conversationLoaders(viewerId: string | null, conversations: ConversationStore, memberships: MembershipStore) {
  return {
    conversation: byKey<string, SeenConversation>(
      async (ids) => (viewerId === null ? [] : conversations.seen(viewerId, ids)),
      ({ id }) => id,
    ),
    membership: byKey<string, Membership>(
      async (ids) => (viewerId === null ? [] : memberships.of(viewerId, ids)),
      ({ conversationId }) => conversationId,
    ),
    /** One more than a page has: whether more follow. */
    members: argumentLoaders<MembersPage, readonly MemberRow[]>(async (ids, { first, after }) => {
      const rows = await conversations.members(ids, after === null ? null : { at: new Date(after.at), id: after.id }, first + 1);
      return ids.map((id) => rows.filter(({ conversationId }) => conversationId === id));
    }),
  };
}

export type ConversationLoaders = ReturnType<typeof conversationLoaders>;
