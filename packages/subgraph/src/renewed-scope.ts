import type { RelationEpochs } from '@plaza/calls/relation-epochs';
import type { RequestScope } from './request-scope.js';

/** The same visitor with their relation epoch of this moment: what they were shown a while ago they may no longer see. @throws Fault UNAVAILABLE */
export async function renewed(scope: RequestScope, epochs: RelationEpochs): Promise<RequestScope> {
  if (scope.viewer === null) return scope;
  const epoch = await epochs.of(scope.viewer.id);
  return { ...scope, viewer: { ...scope.viewer, epoch: Math.max(epoch, scope.viewer.epoch) } };
}
