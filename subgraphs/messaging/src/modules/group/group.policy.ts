import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import type { ConversationRole } from '../conversation/conversation.store.js';

export const MAX_MEMBERS = 1_000;
/** Drawn in at once. */
export const MAX_ADDED = 99;
export const MAX_LINKS = 10;
const MAX_USES = 1_000;

/** Draws people in, renames, makes links, lets in. */
export const mayManage = (role: ConversationRole): boolean => role !== 'MEMBER';

export const mayRemove = (role: ConversationRole, other: ConversationRole): boolean =>
  role === 'OWNER' ? other !== 'OWNER' : role === 'ADMIN' && other === 'MEMBER';

export interface RankedMember {
  readonly userId: string;
  readonly role: ConversationRole;
}

/** Who is OWNER after the one that leaves; `members` in the order in which they came, without the one. Undefined: nobody is left. */
export const successorAmong = (members: readonly RankedMember[]): RankedMember | undefined =>
  members.find(({ role }) => role === 'ADMIN') ?? members[0];

export function faultsOfLink(link: { readonly expiresAt: Date | null; readonly maxUses: number | null }, now: Date): readonly FieldError[] {
  const check = new FieldErrors();
  const { expiresAt, maxUses } = link;
  check.that(expiresAt === null || expiresAt > now, 'expiresAt', 'Later than now.');
  check.that(maxUses === null || (maxUses >= 1 && maxUses <= MAX_USES), 'maxUses', `From 1 to ${MAX_USES}.`);
  return check.list;
}
