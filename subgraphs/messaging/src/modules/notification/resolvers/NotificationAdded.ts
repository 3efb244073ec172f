import type { NotificationAddedResolvers } from './../../types.generated.js';

export const NotificationAdded: NotificationAddedResolvers = {};
