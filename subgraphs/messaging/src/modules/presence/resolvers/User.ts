import { fromTypeId } from '@plaza/kernel/type-id';
import { maySeePresence } from '../presence.sight.js';
import type { UserResolvers } from './../../types.generated.js';

export const User: UserResolvers = {
  __resolveReference: ({ id }) => (fromTypeId('user', id) === null ? null : { id }),
  presence: async ({ id }, _args, ctx) => {
    const userId = fromTypeId('user', id);
    return userId !== null && (await maySeePresence(userId, ctx)) ? ctx.loaders.presence.load(userId) : null;
  },
};
