import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const removeNotificationEndpoint: NonNullable<MutationResolvers['removeNotificationEndpoint']> = async (_parent, { input }, ctx) => {
  const isRemoved = await ctx.services.endpoint.remove(ctx.talker.id, uuidOf('endpoint', input.endpointId));
  return isRemoved ? { __typename: 'RemoveNotificationEndpointOk', endpointId: input.endpointId } : notFound('notification endpoint');
};
