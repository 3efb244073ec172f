import type { Clock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import { noteChange } from '../../changes/note-change.js';
import type { Talker } from '../../talker.js';
import { canStartWith } from '../../talk/conversation.policy.js';
import type { SeenConversation } from '../conversation/conversation.store.js';
import { faultsOfLink, MAX_LINKS, MAX_MEMBERS, mayManage } from './group.policy.js';
import { type GroupOutcome, NO_CONVERSATION, refusalOf, roleOf } from './group.service.js';
import { GroupStore } from './group.store.js';
import { conversationOfCode, newJoinCode } from './join-code.js';
import { type JoinLinkRow, JoinStore } from './join.store.js';

export interface JoinParts {
  readonly groups: GroupStore;
  readonly joins: JoinStore;
  readonly clock: Clock;
  /** Brings what has happened in a conversation to its members now. */
  readonly deliver: (conversationId: string) => Promise<void>;
}

export interface NewLink {
  readonly needsApproval: boolean;
  readonly expiresAt: Date | null;
  readonly maxUses: number | null;
}

export type Joining =
  | { readonly kind: 'joined'; readonly conversationId: string }
  | { readonly kind: 'asked'; readonly title: string | null }
  | { readonly kind: 'missing' }
  | { readonly kind: 'notAllowed' };

const DONE: GroupOutcome = { kind: 'done' };
const NOT_ALLOWED: GroupOutcome = { kind: 'notAllowed' };

/** Ways into groups. */
export class JoinService {
  readonly #parts: JoinParts;

  constructor(parts: JoinParts) {
    this.#parts = parts;
  }

  /** What a code leads to for somebody; null: nowhere. */
  async preview(talker: Talker, code: string) {
    const id = conversationOfCode(code);
    const link = id === null ? null : await this.#parts.joins.byCode(id, code);
    return link !== null && canStartWith(await talker.people.sight(link.createdBy)) ? link : null;
  }

  async createLink(
    talker: Talker,
    seen: SeenConversation | null,
    wanted: NewLink,
  ): Promise<{ readonly kind: 'made'; readonly link: JoinLinkRow } | GroupOutcome> {
    const refused = refusalOf(seen);
    if (refused !== null || seen === null) return refused ?? NO_CONVERSATION;
    const { groups, clock } = this.#parts;
    const now = clock.now();
    const fields = faultsOfLink(wanted, now);
    if (fields.length > 0) return { kind: 'invalid', fields };
    const conversationId = seen.id;
    const code = newJoinCode(conversationId);
    const link: JoinLinkRow = { ...wanted, id: newId(), conversationId, code, uses: 0, createdBy: talker.id, createdAt: now };
    const made = await groups.locked(seen.id, async (tx, { members }): Promise<{ kind: 'made'; link: JoinLinkRow } | GroupOutcome> => {
      const role = roleOf(members, talker.id);
      if (role === null || !mayManage(role)) return NOT_ALLOWED;
      if ((await JoinStore.linkCount(tx, seen.id)) >= MAX_LINKS)
        return { kind: 'invalid', fields: [{ path: 'conversationId', message: `A group has at most ${MAX_LINKS} links.` }] };
      await JoinStore.insert(tx, link);
      await noteChange(tx, seen.id, { kind: 'CONVERSATION_CHANGED', actorId: talker.id });
      return { kind: 'made', link };
    });
    return made ?? NOT_ALLOWED;
  }

  async revokeLink(talker: Talker, seen: SeenConversation | null, linkId: string): Promise<GroupOutcome> {
    const refused = refusalOf(seen);
    if (refused !== null || seen === null) return refused ?? NO_CONVERSATION;
    const revoked = await this.#parts.groups.locked(seen.id, async (tx, { members }): Promise<GroupOutcome> => {
      const role = roleOf(members, talker.id);
      if (role === null || !mayManage(role)) return NOT_ALLOWED;
      if (!(await JoinStore.revoke(tx, seen.id, linkId))) return { kind: 'missing', what: 'join link' };
      await noteChange(tx, seen.id, { kind: 'CONVERSATION_CHANGED', actorId: talker.id });
      return DONE;
    });
    return revoked ?? NOT_ALLOWED;
  }

  async join(talker: Talker, code: string): Promise<Joining> {
    const link = await this.preview(talker, code);
    if (link === null) return { kind: 'missing' };
    const { conversationId: id } = link;
    const joining = await this.#parts.groups.locked(id, async (tx, { title, members }): Promise<Joining> => {
      if (roleOf(members, talker.id) !== null) return { kind: 'joined', conversationId: id };
      if (members.length >= MAX_MEMBERS) return { kind: 'notAllowed' };
      if (link.needsApproval || (await JoinStore.wasRemoved(tx, id, talker.id))) {
        if (await JoinStore.ask(tx, id, talker.id)) await noteChange(tx, id, { kind: 'CONVERSATION_CHANGED', actorId: talker.id });
        return { kind: 'asked', title };
      }
      if (!(await JoinStore.use(tx, id, link.id))) return { kind: 'missing' };
      await GroupStore.add(tx, id, [{ userId: talker.id, isRequest: false }], talker.id);
      return { kind: 'joined', conversationId: id };
    });
    if (joining?.kind === 'joined' || joining?.kind === 'asked') await this.#parts.deliver(id);
    return joining ?? { kind: 'missing' };
  }

  async answer(talker: Talker, seen: SeenConversation | null, userId: string, isApproved: boolean): Promise<GroupOutcome> {
    const refused = refusalOf(seen);
    if (refused !== null || seen === null) return refused ?? NO_CONVERSATION;
    const { id } = seen;
    const answered = await this.#parts.groups.locked(id, async (tx, { members }): Promise<GroupOutcome> => {
      const role = roleOf(members, talker.id);
      if (role === null || !mayManage(role)) return NOT_ALLOWED;
      if (isApproved && members.length >= MAX_MEMBERS) return NOT_ALLOWED;
      if (!(await JoinStore.answer(tx, id, userId, isApproved ? 'APPROVED' : 'DECLINED'))) return { kind: 'missing', what: 'join request' };
      if (isApproved) await GroupStore.add(tx, id, [{ userId, isRequest: false }], talker.id);
      else await noteChange(tx, id, { kind: 'CONVERSATION_CHANGED', actorId: talker.id });
      return DONE;
    });
    if (answered?.kind === 'done') await this.#parts.deliver(id);
    return answered ?? NOT_ALLOWED;
  }
}
