import { connection } from '@plaza/db/full-pages';
import { keysetOf } from '@plaza/db/keyset';
import { pageRequest, sealCursor } from '@plaza/kernel/page';
import { toTypeId } from '@plaza/kernel/type-id';
import type { ViewerResolvers } from './../../types.generated.js';

export const Viewer: Pick<
  ViewerResolvers,
  'notificationPolicy' | 'notificationPreferences' | 'notificationRequests' | 'notifications' | '__resolveReference'
> = {
  notifications: async ({ id }, args, { loaders }) => {
    const page = await loaders.notifications(pageRequest(args), id);
    return connection(page, keysetOf, sealCursor, (node) => ({ node }));
  },
  notificationPreferences: ({ id }, _args, { services }) => services.notificationSettings.preferences(id),
  notificationPolicy: ({ id }, _args, { loaders }) => loaders.notificationSetting.load(id),
  notificationRequests: async ({ id }, args, { loaders }) => {
    const page = await loaders.notificationRequests(pageRequest(args), id);
    return connection(page, keysetOf, sealCursor, ({ id: userId, count, at }) => ({
      node: { user: { id: toTypeId('user', userId) }, count, lastActivityAt: at },
    }));
  },
};
