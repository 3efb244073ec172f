import { idOf } from '../../../results.js';
import type { PresenceChangeResolvers } from './../../types.generated.js';

export const PresenceChange: PresenceChangeResolvers = {
  user: ({ userId }) => ({ id: idOf('user', userId) }),
  presence: (state) => state,
};
