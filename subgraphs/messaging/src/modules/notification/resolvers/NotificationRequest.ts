import type { NotificationRequestResolvers } from './../../types.generated.js';

export const NotificationRequest: NotificationRequestResolvers = {};
