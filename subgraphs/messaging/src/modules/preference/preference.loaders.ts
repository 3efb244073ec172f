import DataLoader from 'dataloader';
import { DEFAULT_PREFERENCES, type Preferences, type MessagingPreferenceStore } from './preference.store.js';

/** What one request reads of people's preferences. */
export const messagingPreferenceLoaders = (preferences: MessagingPreferenceStore) => ({
  messagingPreferences: new DataLoader<string, Preferences>(async (userIds) => {
    const rows = new Map((await preferences.byUsers(userIds)).map((row) => [row.userId, row]));
    return userIds.map((id) => rows.get(id) ?? DEFAULT_PREFERENCES);
  }),
});

export type MessagingPreferenceLoaders = ReturnType<typeof messagingPreferenceLoaders>;
