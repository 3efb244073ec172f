import type { PreferencesResolvers } from './../../types.generated.js';

export const Preferences: PreferencesResolvers = {};
