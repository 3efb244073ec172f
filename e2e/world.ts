import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { inProcess } from '@plaza/testing/run-in-process';
import { startWorld, type World } from '@plaza/testing/world';
import { asProcesses } from './world.processes.js';

/**
 * The whole of Plaza on fresh databases: in this process, or as seven with `PLAZA_E2E=processes`. A test that needs one way names it.
 * @param databaseUrls outside of vitest: migrated, empty databases.
 */
export async function startPlaza(
  how: 'in-process' | 'processes' = process.env['PLAZA_E2E'] === 'processes' ? 'processes' : 'in-process',
  databaseUrls?: Readonly<Record<SubgraphName, string>>,
): Promise<World> {
  if (how === 'processes') return startWorld(asProcesses, databaseUrls);
  // Seconds of reading modules that seven processes read for themselves.
  const { rooms } = await import('./rooms.js');
  return startWorld(inProcess(rooms), databaseUrls);
}
