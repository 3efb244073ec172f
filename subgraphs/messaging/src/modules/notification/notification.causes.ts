import type { orderChanged } from '@plaza/events/contracts/commerce.events';
import type { commentAdded, followRemoved, postUnliked } from '@plaza/events/contracts/social.events';
import type { PayloadOf } from '@plaza/events/event-contract';
import type { NotificationKind, SubjectType } from './notification.policy.js';

/** How something that somebody is told of stands since an event. */
export interface Cause {
  /** Who is told. */
  readonly userId: string;
  readonly kind: NotificationKind;
  readonly subjectType: SubjectType;
  readonly subjectId: string;
  /** Who did it; null where nobody did. */
  readonly actorId: string | null;
  /** The actor; where nobody did it, what tells it from others of its kind about the same. */
  readonly sourceId: string;
  readonly postId: string | null;
  /** False: it was taken back. */
  readonly isOn: boolean;
}

/** When and by which event: of two, the one with the higher id is the later one. */
export interface Moment {
  readonly version: string;
  readonly at: Date;
}

export function ofFollow(kind: 'FOLLOW' | 'FOLLOW_REQUEST', { followerId, followeeId }: PayloadOf<typeof followRemoved>, isOn: boolean) {
  return told({ userId: followeeId, kind, subjectType: 'USER', subjectId: followeeId, actorId: followerId, postId: null, isOn });
}

export function ofAttention(kind: 'LIKE' | 'REPOST', { postId, authorId, userId }: PayloadOf<typeof postUnliked>, isOn: boolean) {
  return told({ userId: authorId, kind, subjectType: 'POST', subjectId: postId, actorId: userId, postId, isOn });
}

/** A comment is told once to each: to whom it answers as REPLY, to the post's author, if that is somebody else, as COMMENT. */
export function ofComment(comment: PayloadOf<typeof commentAdded>, isOn: boolean): readonly Cause[] {
  const { commentId, postId, postAuthorId, authorId, replyToAuthorId } = comment;
  const about = { subjectType: 'COMMENT', subjectId: commentId, actorId: authorId, postId, isOn } as const;
  const reply = replyToAuthorId === null ? [] : told({ userId: replyToAuthorId, kind: 'REPLY', ...about });
  return replyToAuthorId === postAuthorId ? reply : [...reply, ...told({ userId: postAuthorId, kind: 'COMMENT', ...about })];
}

/** Somebody is named by a post. */
export function ofMention({ postId, authorId, userId }: { postId: string; authorId: string; userId: string }, isOn: boolean) {
  return told({ userId, kind: 'MENTION', subjectType: 'POST', subjectId: postId, actorId: authorId, postId, isOn });
}

/** Each state of an order is news once, however many events tell of it. */
const NEWS: Partial<Record<PayloadOf<typeof orderChanged>['status'], string>> = {
  CONFIRMED: '00000000-0000-0000-0000-000000000001',
  EXPIRED: '00000000-0000-0000-0000-000000000002',
  CANCELLED: '00000000-0000-0000-0000-000000000003',
};

/** What a buyer is told when their order is in a state. None where that is no news. */
export function ofBuyer({
  orderId,
  buyerId,
  status,
}: Pick<PayloadOf<typeof orderChanged>, 'orderId' | 'buyerId' | 'status'>): readonly Cause[] {
  const sourceId = NEWS[status];
  const about = { kind: 'ORDER', subjectType: 'ORDER', subjectId: orderId, postId: null, actorId: null } as const;
  return sourceId === undefined ? [] : [{ ...about, userId: buyerId, sourceId, isOn: true }];
}

/**
 * The buyer is told of each state but their own acts: placing the order, and taking it back before it is paid. A seller is told of an order as placed
 * and then, in its place, as paid.
 */
export function ofOrder(order: PayloadOf<typeof orderChanged>, wasPaid: boolean): readonly Cause[] {
  const { orderId, buyerId, status, sellerIds = [] } = order;
  const about = { subjectType: 'ORDER', subjectId: orderId, postId: null } as const;
  const buyer = status === 'CANCELLED' && !wasPaid ? [] : ofBuyer(order);
  const sellers = [...new Set(sellerIds)].flatMap((userId) => [
    ...told({ ...about, userId, kind: 'ORDER_PLACED', actorId: buyerId, isOn: status === 'OPEN' }),
    ...told({ ...about, userId, kind: 'ORDER_PAID', actorId: buyerId, isOn: status === 'CONFIRMED' }),
  ]);
  return [...buyer, ...sellers];
}

/** Nobody is told of their own acts. */
function told(cause: Omit<Cause, 'sourceId' | 'actorId'> & { readonly actorId: string }): readonly Cause[] {
  return cause.actorId === cause.userId ? [] : [{ ...cause, sourceId: cause.actorId }];
}
