import type { ViewerClaims } from '@plaza/auth/assertion';
import type { SealedCursors } from '@plaza/auth/sealed-cursor';
import type { People } from '@plaza/calls/people';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import type { HomeService } from './modules/home/home.service.js';
import type { FanoutService } from './modules/timeline/fanout.service.js';

export interface Services {
  readonly home: HomeService;
  readonly fanout: FanoutService;
  readonly cursors: SealedCursors;
}

/** What resolvers of one request have. */
export interface Context {
  readonly scope: RequestScope;
  readonly viewer: ViewerClaims | null;
  readonly people: People;
  readonly services: Services;
}
