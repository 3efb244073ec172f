import type { ViewerClaims } from '@plaza/auth/assertion';
import type { SealedCursors } from '@plaza/auth/sealed-cursor';
import type { People } from '@plaza/calls/people';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import type { HomeLiveService } from './modules/home/home-live.service.js';
import type { HomeService } from './modules/home/home.service.js';
import type DataLoader from 'dataloader';
import type { SearchService } from './modules/search/search.service.js';
import type { FanoutService } from './modules/timeline/fanout.service.js';
import type { SuggestionService } from './modules/suggestion/suggestion.service.js';
import type { QueryService } from './modules/trend/query.service.js';
import type { TrendService } from './modules/trend/trend.service.js';

export interface Services {
  readonly trends: TrendService;
  readonly queries: QueryService;
  readonly suggestions: SuggestionService;
  readonly home: HomeService;
  readonly homeLive: HomeLiveService;
  readonly search: SearchService;
  readonly fanout: FanoutService;
  readonly cursors: SealedCursors;
}

/** What resolvers of one request have. */
export interface Context {
  readonly scope: RequestScope;
  readonly viewer: ViewerClaims | null;
  readonly people: People;
  readonly services: Services;
  readonly hashtagCounts: DataLoader<string, number>;
}
