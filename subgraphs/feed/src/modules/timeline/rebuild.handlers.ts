import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { Logger } from '@plaza/telemetry/logger';
import { modelChecksums, rebuildModels } from './rebuild.calls.js';
import type { RebuildService } from './rebuild.service.js';

/** The operators' levers. A second order during a rebuild is the same rebuild. */
export function rebuildHandlers(service: RebuildService, logger: Logger): readonly CallHandler[] {
  let current: Promise<void> | null = null;

  async function run(): Promise<void> {
    try {
      logger.info({ models: await service.rebuild() }, 'read models rebuilt');
    } catch (error) {
      logger.error({ err: error }, 'read models could not be rebuilt; they are as before');
    } finally {
      current = null;
    }
  }

  return [
    answer(rebuildModels, async () => {
      current ??= run();
      return {};
    }),
    answer(modelChecksums, async () => ({ models: [...(await service.checksums())], isRebuilding: current !== null })),
  ];
}
