import { pageRequest } from '@plaza/kernel/page';
import { toTypeId } from '@plaza/kernel/type-id';
import type { ViewerResolvers } from '../../types.generated.js';
import { userConnection } from '../user-connection.js';

export const Viewer: Pick<ViewerResolvers, 'blockedUsers' | 'followRequests' | 'id' | 'mutedUsers' | '__resolveReference'> = {
  // The viewer is whom the assertion names, whatever the representation says.
  __resolveReference: (_reference, { viewer }) => viewer && { userId: viewer.id },
  id: ({ userId }) => toTypeId('viewer', userId),
  followRequests: async ({ userId }, args, { loaders }) =>
    userConnection(await loaders.relation.users('followRequests', pageRequest(args), userId)),
  blockedUsers: async ({ userId }, args, { loaders }) =>
    userConnection(await loaders.relation.users('blockedUsers', pageRequest(args), userId)),
  mutedUsers: async ({ userId }, args, { loaders }) =>
    userConnection(await loaders.relation.users('mutedUsers', pageRequest(args), userId)),
};
