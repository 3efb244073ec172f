import type { ProfileFieldResolvers } from './../../types.generated.js';

export const ProfileField: ProfileFieldResolvers = {};
