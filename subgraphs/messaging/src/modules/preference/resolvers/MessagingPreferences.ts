import type { MessagingPreferencesResolvers } from './../../types.generated.js';
export const MessagingPreferences: MessagingPreferencesResolvers = {/* Implement MessagingPreferences resolver logic here */};
