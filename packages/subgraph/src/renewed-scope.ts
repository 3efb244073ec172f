import type { CallClient } from '@plaza/calls/call-client';
import { relationEpoch } from '@plaza/calls/contracts/social.calls';
import type { RequestScope } from './request-scope.js';

/** The same visitor with their relation epoch of this moment: what they were shown a while ago they may no longer see. @throws Fault UNAVAILABLE */
export async function renewed(scope: RequestScope, calls: CallClient): Promise<RequestScope> {
  if (scope.viewer === null) return scope;
  const { epoch } = await calls.ask(relationEpoch, { userId: scope.viewer.id }, scope);
  return { ...scope, viewer: { ...scope.viewer, epoch: Math.max(epoch, scope.viewer.epoch) } };
}
