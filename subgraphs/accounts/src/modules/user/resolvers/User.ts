import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import type { UserResolvers } from './../../types.generated.js';

export const User: UserResolvers = {
  __resolveReference: async (reference, { services, people, loaders }) => {
    const id = fromTypeId('user', reference.id);
    return id === null ? null : services.users.visible(id, { people, loaders });
  },
  id: ({ id }) => toTypeId('user', id),
  avatar: ({ avatarId }) => (avatarId === null ? null : { ref: toTypeId('media', avatarId) }),
  fields: ({ id }, _args, { loaders }) => loaders.fieldsByUser.load(id),
};
