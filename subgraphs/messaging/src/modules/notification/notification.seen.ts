import { isBusiness } from './notification.policy.js';
import type { NotificationRow } from './notification.store.js';

/** What it takes to say whether a notification is still for its reader. */
export interface NotificationEyes {
  /** Whether the reader may see a post. */
  readonly posts: { load(postId: string): Promise<boolean> };
  /** Whether anybody who did it may come to the reader unasked. */
  readonly hasActor: (notificationId: string) => Promise<boolean>;
}

/** Those that their reader may see by the rules of this moment. Business stays whoever did it. */
export async function seenNotifications(rows: readonly NotificationRow[], eyes: NotificationEyes): Promise<readonly NotificationRow[]> {
  const seen = await Promise.all(
    rows.map(async ({ id, kind, postId }) => {
      const [isPostSeen, isSomebodyHeard] = await Promise.all([
        postId === null || eyes.posts.load(postId),
        isBusiness(kind) || eyes.hasActor(id),
      ]);
      return isPostSeen && isSomebodyHeard;
    }),
  );
  return rows.filter((_row, index) => seen[index]);
}
