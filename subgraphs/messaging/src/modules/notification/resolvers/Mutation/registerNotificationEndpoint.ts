import { invalid } from '@plaza/subgraph/user-errors';
import { idOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const registerNotificationEndpoint: NonNullable<MutationResolvers['registerNotificationEndpoint']> = async (
  _parent,
  { input },
  ctx,
) => {
  const registering = await ctx.services.endpoint.register(ctx.talker.id, input.channel, input.address);
  switch (registering.kind) {
    case 'invalid':
      return invalid(registering.fields);
    case 'registered':
      return { __typename: 'RegisterNotificationEndpointOk', endpointId: idOf('endpoint', registering.id) };
  }
};
