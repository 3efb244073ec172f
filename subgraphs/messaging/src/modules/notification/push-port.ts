import type { Endpoint } from './endpoint.store.js';
import type { NotificationKind } from './notification.policy.js';

/** What a device is told: ids and a kind. It asks the graph for the rest, as its owner, with the rules of that moment. */
export interface PushMessage {
  /** As in the graph. */
  readonly notificationId: string;
  readonly kind: NotificationKind;
}

export type PushOutcome =
  | 'taken'
  /** Nobody is there any more and never will be (410): nothing is sent there again. */
  | 'gone';

/** Where push and text messages leave the house. */
export interface PushPort {
  /** @throws Error when the outcome is unknown or may change by itself: it is sent again later. */
  send(endpoint: Pick<Endpoint, 'channel' | 'address'>, message: PushMessage): Promise<PushOutcome>;
}

/** Who has Plaza open. */
export interface Presence {
  isOnline(userId: string): Promise<boolean>;
}
