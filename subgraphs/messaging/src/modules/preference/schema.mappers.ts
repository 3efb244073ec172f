import type { Preferences } from './preference.store.js';

export type MessagingPreferencesMapper = Preferences;
