import { defineCall } from '@plaza/calls/call-contract';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import { z } from 'zod';
import type { TrendRefresher } from './trend.refresher.js';

/** For operators and tests: work out what trends now, instead of within half a minute. Answers when it is done. */
export const refreshTrends = defineCall('feed', 'refreshTrends', { input: z.object({}), output: z.object({}) });

export function trendHandlers(refresher: TrendRefresher): readonly CallHandler[] {
  return [
    answer(refreshTrends, async () => {
      await refresher.refresh();
      return {};
    }),
  ];
}
