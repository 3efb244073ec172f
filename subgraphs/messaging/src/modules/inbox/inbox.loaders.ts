import { byKey } from '@plaza/db/loaders';
import type { InboxStore } from './inbox.store.js';

export const inboxLoaders = (store: InboxStore) => ({
  inboxOf: byKey(
    (userIds) => store.byUsers(userIds),
    ({ userId }) => userId,
  ),
});
