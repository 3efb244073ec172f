import type { NotificationPreferenceResolvers } from './../../types.generated.js';

export const NotificationPreference: NotificationPreferenceResolvers = {};
