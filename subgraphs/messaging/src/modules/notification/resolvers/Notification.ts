import { pageRequest, sealCursor } from '@plaza/kernel/page';
import { connection } from '@plaza/db/full-pages';
import { keysetOf } from '@plaza/db/keyset';
import { referencedId } from '@plaza/subgraph/reference';
import { toTypeId } from '@plaza/kernel/type-id';
import type { NotificationResolvers } from './../../types.generated.js';
import { subjectOf } from '../notification.subject.js';

export const Notification: NotificationResolvers = {
  __resolveReference: (reference, { loaders }) => {
    const id = referencedId('notification', reference);
    return id === null ? null : loaders.notification.load(id);
  },
  id: ({ id }) => toTypeId('notification', id),
  ref: ({ id }) => toTypeId('notification', id),
  actors: async ({ id }, args, { loaders }) => {
    const page = await loaders.notificationActors(pageRequest(args), id);
    return connection(page, keysetOf, sealCursor, (actor) => ({ node: { id: toTypeId('user', actor.id) } }));
  },
  subject: (notification) => subjectOf(notification),
  lastActivityAt: ({ at }) => at,
};
