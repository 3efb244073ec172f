import { toTypeId } from '@plaza/kernel/type-id';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<ViewerResolvers, 'id' | 'inboxCursor' | 'unreadMessageCount' | 'unreadNotificationCount' | '__resolveReference'> =
  {
    // Who the viewer is comes from the assertion; a representation that says otherwise is nobody.
    __resolveReference: ({ id }, { viewer }) => (viewer !== null && id === toTypeId('viewer', viewer.id) ? { id: viewer.id } : null),
    id: ({ id }) => toTypeId('viewer', id),
    inboxCursor: async ({ id }, _args, { loaders, services }) => {
      const row = await loaders.inboxOf.load(id);
      return row && services.inbox.seal(id, { entry: row.lastSeq, within: 0 });
    },
    unreadMessageCount: async ({ id }, _args, { loaders }) => (await loaders.inboxOf.load(id))?.unreadMessages ?? null,
    unreadNotificationCount: ({ id }, _args, { loaders }) => loaders.unreadNotifications.load(id),
  };
