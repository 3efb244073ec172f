import { toTypeId } from '@plaza/kernel/type-id';
import type { ResolversTypes } from '../types.generated.js';
import type { NotificationRow } from './notification.store.js';

/** What a notification is about, as its owner knows it. Whether a post is there for the viewer was looked at with the notification itself. */
export function subjectOf({ kind, subjectType, subjectId }: NotificationRow): ResolversTypes['NotificationSubject'] | null {
  switch (subjectType) {
    case 'USER':
      return { __typename: 'User', id: toTypeId('user', subjectId) };
    case 'POST':
      return { __typename: 'Post', ref: toTypeId('post', subjectId) };
    case 'COMMENT':
      return { __typename: 'Comment', ref: toTypeId('comment', subjectId) };
    case 'ORDER':
      // The whole of an order is its buyer's alone.
      return kind === 'ORDER' ? { __typename: 'Order', ref: toTypeId('order', subjectId) } : null;
  }
}
