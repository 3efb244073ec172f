import { refreshTrends } from '@plaza/calls/contracts/feed.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { TrendRefresher } from './trend.refresher.js';

export function trendHandlers(refresher: TrendRefresher): readonly CallHandler[] {
  return [
    answer(refreshTrends, async () => {
      await refresher.refresh();
      return {};
    }),
  ];
}
