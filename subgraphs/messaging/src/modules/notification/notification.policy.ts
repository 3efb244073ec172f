export type NotificationKind =
  'FOLLOW' | 'FOLLOW_REQUEST' | 'LIKE' | 'COMMENT' | 'REPLY' | 'REPOST' | 'MENTION' | 'ORDER' | 'ORDER_PLACED' | 'ORDER_PAID';
export type SubjectType = 'USER' | 'POST' | 'COMMENT' | 'ORDER';

/** In the order in which a page of settings shows them. */
export const KINDS: readonly NotificationKind[] = [
  'FOLLOW',
  'FOLLOW_REQUEST',
  'LIKE',
  'COMMENT',
  'REPLY',
  'REPOST',
  'MENTION',
  'ORDER',
  'ORDER_PLACED',
  'ORDER_PAID',
];

/** Business is told whatever the two think of each other. */
export const BUSINESS: readonly NotificationKind[] = ['ORDER', 'ORDER_PLACED', 'ORDER_PAID'];
export const isBusiness = (kind: NotificationKind): boolean => BUSINESS.includes(kind);

export type Channel = 'inApp' | 'push' | 'email' | 'sms';
export type Wanted = Readonly<Record<Channel, boolean>>;
/** What holds for a kind that the person has said nothing of. */
export const BY_DEFAULT: Wanted = { inApp: true, push: true, email: false, sms: false };

export type Filter = 'ACCEPT' | 'FILTER';
export type Digest = 'OFF' | 'HOURLY' | 'DAILY' | 'WEEKLY';
export type Withheld = 'FILTERED' | 'UNWANTED';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** An account counts as new for so long. */
export const NEW_ACCOUNT_MS = 30 * DAY_MS;
/** What happens within this time of a notification's first cause joins it, while it is unread. */
export const GROUP_MS = DAY_MS;
/** What a digest gathers; null: nothing is sent. */
export const digestMs = (digest: Digest): number | null => ({ OFF: null, HOURLY: HOUR_MS, DAILY: DAY_MS, WEEKLY: 7 * DAY_MS })[digest];

/** What is known of a recipient and somebody when something happens. */
export interface Circumstances {
  readonly isWanted: boolean;
  readonly newAccounts: Filter;
  /** Null: the policy has never come between them. */
  readonly request: 'WAITING' | 'ACCEPTED' | 'DISMISSED' | null;
  /** Whether the recipient follows whoever did it. */
  readonly isFollowing: boolean;
}

/** Why something is kept from its recipient; null: it is told. Settled once, when it first happens. */
export function withheld(kind: NotificationKind, actorId: string | null, at: Date, given: Circumstances): Withheld | null {
  if (!given.isWanted) return 'UNWANTED';
  if (isBusiness(kind) || actorId === null || given.newAccounts === 'ACCEPT') return null;
  if (given.request === 'ACCEPTED' || given.isFollowing) return null;
  return given.request !== null || isNewAccount(actorId, at) ? 'FILTERED' : null;
}

/** A person's id is a UUIDv7: it says since when they are here. */
export function isNewAccount(userId: string, at: Date): boolean {
  const since = Number.parseInt(userId.replaceAll('-', '').slice(0, 12), 16);
  return at.getTime() - since < NEW_ACCOUNT_MS;
}

/** Whether what happened belongs to an unread notification about the same that began at `beganAt`. */
export function joins(happenedAt: Date, beganAt: Date): boolean {
  return Math.abs(happenedAt.getTime() - beganAt.getTime()) <= GROUP_MS;
}

export interface Change {
  readonly before: number;
  readonly after: number;
  /** There for its recipient, and neither read nor dismissed. */
  readonly isUnread: boolean;
}

/**
 * What a change of a notification's count is told as. Its growth is told for the first ten, then at 20, 50, 100, 200 …: what everybody likes must
 * not push everything else out of a person's inbox.
 */
export function toldAs({ before, after, isUnread }: Change): 'NOTIFICATION_ADDED' | 'NOTIFICATION_REMOVED' | null {
  if (!isUnread || before === after) return null;
  if (after === 0) return 'NOTIFICATION_REMOVED';
  return after > before && milestones(after) > milestones(before) ? 'NOTIFICATION_ADDED' : null;
}

/** How many counts up to this one are told. */
function milestones(count: number): number {
  if (count <= 10) return count;
  let told = 10;
  for (let step = 10; ; step *= 10) {
    for (const milestone of [2 * step, 5 * step, 10 * step]) {
      if (milestone > count) return told;
      told += 1;
    }
  }
}
