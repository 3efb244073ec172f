import type { Claims, ViewerClaims } from '@plaza/auth/assertion';
import type { Asker } from '@plaza/calls/call-client';
import { Fault } from '@plaza/kernel/fault';

/** What a subgraph knows of a request: what its assertion says. */
export interface RequestScope extends Asker {
  readonly address: string | null;
  readonly userAgent: string | null;
  /** `gateway` or the subgraph that asks. */
  readonly issuer: string;
  /** When nobody waits for the answer any more, in milliseconds since 1970: questions to others end before it. */
  readonly deadline?: number;
  /** Id of the trace's span that this is worked on in. */
  readonly span?: string;
  /** In a mutation: takes the relation epochs that it leaves, by user's UUID. Whoever asks hears of them with the answer. */
  readonly epochs?: Map<string, number>;
  /** In a subscription: aborted when the subscriber has left. */
  readonly left?: AbortSignal;
}

export const scopeOf = ({ viewer, requestId, address, userAgent, issuer, deadline, span }: Claims): RequestScope => ({
  viewer,
  requestId,
  address,
  userAgent,
  issuer,
  ...(deadline === undefined ? {} : { deadline }),
  ...(span === undefined ? {} : { span }),
});

/** The signed-in viewer. @throws Fault UNAUTHENTICATED for a guest: the gateway refuses guests before, this is the second door. */
export function requireViewer(scope: { readonly viewer: ViewerClaims | null }): ViewerClaims {
  if (scope.viewer === null) throw new Fault('UNAUTHENTICATED', 'Sign in first.');
  return scope.viewer;
}
