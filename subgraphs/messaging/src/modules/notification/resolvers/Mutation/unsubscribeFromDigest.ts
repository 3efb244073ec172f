import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from './../../../types.generated.js';

export const unsubscribeFromDigest: NonNullable<MutationResolvers['unsubscribeFromDigest']> = async (_parent, { input }, ctx) =>
  (await ctx.services.notificationSettings.unsubscribe(input.token))
    ? { __typename: 'UnsubscribeFromDigestOk', digest: 'OFF' }
    : invalid([{ path: 'token', message: 'The token is none of ours.' }]);
