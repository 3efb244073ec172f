import type { ViewerClaims } from '@plaza/auth/assertion';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import { inboxLoaders } from './modules/inbox/inbox.loaders.js';
import type { InboxService } from './modules/inbox/inbox.service.js';
import type { InboxStore } from './modules/inbox/inbox.store.js';

/** What a resolver has: who asks, the loaders of this request, the services. */
export interface Context {
  readonly scope: RequestScope;
  /** Null for a guest. */
  readonly viewer: ViewerClaims | null;
  readonly loaders: ReturnType<typeof inboxLoaders>;
  readonly inbox: InboxService;
}

export function contextFor(parts: { readonly inboxes: InboxStore; readonly inbox: InboxService }): (scope: RequestScope) => Context {
  return (scope) => ({ scope, viewer: scope.viewer, loaders: inboxLoaders(parts.inboxes), inbox: parts.inbox });
}
