import type { NotificationResolvers } from './../../types.generated.js';

/** Belongs to commerce; here it is a `ref` and nothing more. */
export const Notification: NotificationResolvers = {};
