import { toTypeId } from '@plaza/kernel/type-id';
import type { SessionResolvers } from './../../types.generated.js';

export const Session: SessionResolvers = {
  id: ({ id }) => toTypeId('session', id),
};
