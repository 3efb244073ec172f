import { invalid } from '@plaza/subgraph/user-errors';
import { BEAT_MS } from '../../presence-registry.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const heartbeat: NonNullable<MutationResolvers['heartbeat']> = async (_parent, { input }, ctx) => {
  const { deviceId, isIdle, isLeaving } = input;
  const fields = await ctx.services.presence.beat(ctx.talker.id, { deviceId, isIdle: isIdle ?? false, isLeaving: isLeaving ?? false });
  return fields.length > 0 ? invalid(fields) : { __typename: 'HeartbeatOk', againWithinMs: BEAT_MS };
};
