import { defineCall } from '@plaza/calls/call-contract';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { Logger } from '@plaza/telemetry/logger';
import { z } from 'zod';
import type { SearchRebuildService } from './search-rebuild.service.js';

/** For operators: build the search index anew beside the one that answers. Answers at once; {@link searchBuild} tells what came of it. */
export const rebuildSearch = defineCall('feed', 'rebuildSearch', { input: z.object({}), output: z.object({}) });

/** Whether the index is being built anew by this process, and what the last build came to; null: none yet, or it failed. */
export const searchBuild = defineCall('feed', 'searchBuild', {
  input: z.object({}),
  output: z.object({
    isRebuilding: z.boolean(),
    last: z.object({ posts: z.number().int(), users: z.number().int(), durationMs: z.number() }).nullable(),
  }),
});

/** The operators' levers. A second order during a build is the same build. */
export function searchHandlers(service: SearchRebuildService, logger: Logger): readonly CallHandler[] {
  let current: Promise<void> | null = null;
  let last: { posts: number; users: number; durationMs: number } | null = null;

  async function run(): Promise<void> {
    const began = performance.now();
    last = null;
    try {
      last = { ...(await service.rebuild()), durationMs: performance.now() - began };
      logger.info(last, 'search index rebuilt');
    } catch (error) {
      logger.error({ err: error }, 'the search index could not be rebuilt; the old one answers');
    } finally {
      current = null;
    }
  }

  return [
    answer(rebuildSearch, async () => {
      current ??= run();
      return {};
    }),
    answer(searchBuild, async () => ({ isRebuilding: current !== null, last })),
  ];
}
