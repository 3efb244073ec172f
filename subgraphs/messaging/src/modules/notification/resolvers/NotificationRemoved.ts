import type { NotificationRemovedResolvers } from './../../types.generated.js';

export const NotificationRemoved: NotificationRemovedResolvers = {};
