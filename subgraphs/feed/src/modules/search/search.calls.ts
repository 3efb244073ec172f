import { rebuildSearch, searchBuild } from '@plaza/calls/contracts/search.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { Logger } from '@plaza/telemetry/logger';
import type { SearchRebuildService } from './search-rebuild.service.js';

/** The operators' levers. A second order during a build is the same build. */
export function searchHandlers(service: SearchRebuildService, logger: Logger): readonly CallHandler[] {
  let current: Promise<void> | null = null;
  let last: { posts: number; users: number; durationMs: number } | null = null;

  async function run(): Promise<void> {
    const began = performance.now();
    last = null;
    try {
      const rebuilt = await service.rebuild();
      if (rebuilt !== null) last = { ...rebuilt, durationMs: performance.now() - began };
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
