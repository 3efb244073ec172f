import type { FieldError } from '@plaza/kernel/field-errors';
import { noteChange } from '../../changes/note-change.js';
import type { Talker } from '../../talker.js';
import { canStartWith, faultsOfTitle } from '../../talk/conversation.policy.js';
import type { ConversationService } from '../conversation/conversation.service.js';
import type { ConversationRole, SeenConversation } from '../conversation/conversation.store.js';
import { MAX_ADDED, MAX_MEMBERS, mayManage, mayRemove, successorAmong } from './group.policy.js';
import { GroupStore, type LockedGroup } from './group.store.js';

export type GroupOutcome =
  | { readonly kind: 'done' }
  /** `what` is not there, or is hidden. */
  | { readonly kind: 'missing'; readonly what: 'conversation' | 'user' | 'join request' | 'join link' }
  | { readonly kind: 'notAllowed' }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

const DONE: GroupOutcome = { kind: 'done' };
const NOT_ALLOWED: GroupOutcome = { kind: 'notAllowed' };
export const NO_CONVERSATION: GroupOutcome = { kind: 'missing', what: 'conversation' };

export interface GroupParts {
  readonly groups: GroupStore;
  readonly conversations: ConversationService;
  /** Brings what has happened in a conversation to its members now. */
  readonly deliver: (conversationId: string) => Promise<void>;
}

/** Who is in a group, and what they may do. */
export class GroupService {
  readonly #parts: GroupParts;

  constructor(parts: GroupParts) {
    this.#parts = parts;
  }

  async add(talker: Talker, seen: SeenConversation | null, memberIds: readonly string[]): Promise<GroupOutcome> {
    const refused = refusalOf(seen);
    if (refused !== null || seen === null) return refused ?? NO_CONVERSATION;
    const others = [...new Set(memberIds)].filter((id) => id !== talker.id);
    if (others.length <= MAX_ADDED) {
      const sights = await talker.people.sights(others);
      if (![...sights.values()].every(canStartWith)) return { kind: 'missing', what: 'user' };
    }
    if (others.length < 1 || others.length > MAX_ADDED)
      return { kind: 'invalid', fields: [{ path: 'memberIds', message: `Name 1 to ${MAX_ADDED} others.` }] };
    const requested = await this.#parts.conversations.requestedBy(talker, others);
    const newcomers = others.map((userId) => ({ userId, isRequest: requested.has(userId) }));
    return this.#change(seen, async (tx, { members }): Promise<GroupOutcome> => {
      const role = roleOf(members, talker.id);
      if (role === null || !mayManage(role)) return NOT_ALLOWED;
      const present = new Set(members.map(({ userId }) => userId));
      const coming = newcomers.filter(({ userId }) => !present.has(userId));
      if (members.length + coming.length > MAX_MEMBERS)
        return { kind: 'invalid', fields: [{ path: 'memberIds', message: `A group has at most ${MAX_MEMBERS} members.` }] };
      if (coming.length > 0) await GroupStore.add(tx, seen.id, coming, talker.id);
      return DONE;
    });
  }

  async remove(talker: Talker, seen: SeenConversation | null, userId: string): Promise<GroupOutcome> {
    const refused = refusalOf(seen);
    if (refused !== null || seen === null) return refused ?? NO_CONVERSATION;
    return this.#change(seen, async (tx, { members }): Promise<GroupOutcome> => {
      const [role, other] = [roleOf(members, talker.id), roleOf(members, userId)];
      if (role === null || !mayManage(role)) return NOT_ALLOWED;
      if (other === null) return { kind: 'missing', what: 'user' };
      if (!mayRemove(role, other)) return NOT_ALLOWED;
      await GroupStore.remove(tx, seen.id, userId, talker.id);
      return DONE;
    });
  }

  /** Leaving what one has left is no error. */
  async leave(talker: Talker, seen: SeenConversation | null): Promise<GroupOutcome> {
    if (seen === null) return NO_CONVERSATION;
    if (seen.kind !== 'GROUP') return NOT_ALLOWED;
    return this.#change(seen, async (tx, { members }): Promise<GroupOutcome> => {
      const role = roleOf(members, talker.id);
      if (role === null) return DONE;
      const heir = role === 'OWNER' ? successorAmong(members.filter(({ userId }) => userId !== talker.id)) : undefined;
      if (heir !== undefined) await GroupStore.setRole(tx, seen.id, heir.userId, 'OWNER');
      await GroupStore.setRole(tx, seen.id, talker.id, 'MEMBER');
      await GroupStore.remove(tx, seen.id, talker.id, talker.id);
      return DONE;
    });
  }

  async changeRole(talker: Talker, seen: SeenConversation | null, userId: string, role: ConversationRole): Promise<GroupOutcome> {
    const refused = refusalOf(seen);
    if (refused !== null || seen === null) return refused ?? NO_CONVERSATION;
    return this.#change(seen, async (tx, { members }): Promise<GroupOutcome> => {
      if (roleOf(members, talker.id) !== 'OWNER') return NOT_ALLOWED;
      const before = roleOf(members, userId);
      if (before === null) return { kind: 'missing', what: 'user' };
      // A group has one OWNER, who gives it away to somebody.
      if (userId === talker.id) return role === 'OWNER' ? DONE : NOT_ALLOWED;
      if (before === role) return DONE;
      await GroupStore.setRole(tx, seen.id, userId, role);
      if (role === 'OWNER') await GroupStore.setRole(tx, seen.id, talker.id, 'ADMIN');
      await noteChange(tx, seen.id, { kind: 'CONVERSATION_CHANGED', thingId: userId, actorId: talker.id });
      return DONE;
    });
  }

  async rename(talker: Talker, seen: SeenConversation | null, title: string): Promise<GroupOutcome> {
    const refused = refusalOf(seen);
    if (refused !== null || seen === null) return refused ?? NO_CONVERSATION;
    const fields = faultsOfTitle(title);
    if (fields.length > 0) return { kind: 'invalid', fields };
    return this.#change(seen, async (tx, group): Promise<GroupOutcome> => {
      const role = roleOf(group.members, talker.id);
      if (role === null || !mayManage(role)) return NOT_ALLOWED;
      if (group.title === title) return DONE;
      await GroupStore.rename(tx, seen.id, title);
      await noteChange(tx, seen.id, { kind: 'CONVERSATION_CHANGED', actorId: talker.id });
      return DONE;
    });
  }

  async #change(
    { id }: SeenConversation,
    work: (tx: Parameters<Parameters<GroupStore['locked']>[1]>[0], group: LockedGroup) => Promise<GroupOutcome>,
  ): Promise<GroupOutcome> {
    const outcome = (await this.#parts.groups.locked(id, work)) ?? NOT_ALLOWED;
    if (outcome.kind === 'done') await this.#parts.deliver(id);
    return outcome;
  }
}

/** What keeps the viewer from changing anything; what they may do is looked at again under the lock. Null: nothing so far. */
export function refusalOf(seen: SeenConversation | null): GroupOutcome | null {
  if (seen === null) return NO_CONVERSATION;
  return seen.kind !== 'GROUP' || seen.leftSeq !== null || !mayManage(seen.role) ? NOT_ALLOWED : null;
}

export const roleOf = (members: LockedGroup['members'], userId: string): ConversationRole | null =>
  members.find((member) => member.userId === userId)?.role ?? null;
