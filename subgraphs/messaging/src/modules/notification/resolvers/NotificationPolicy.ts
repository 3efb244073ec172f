import type { NotificationPolicyResolvers } from './../../types.generated.js';

export const NotificationPolicy: NotificationPolicyResolvers = {};
