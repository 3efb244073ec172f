import type { Progress } from '@plaza/telemetry/progress';
import type { Engine } from './engine.js';
import type { Places } from './places.js';
import type { Failure } from './up.js';

/** Ends the engines, the last that started first; what they hold stays. */
export async function down({
  engines,
  places,
  progress,
}: {
  readonly engines: readonly Engine[];
  readonly places: Places;
  readonly progress: Progress;
}): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const engine of engines.toReversed()) {
    const place = places.known(engine.name);
    if (place === undefined || !(await engine.isRunning(place))) continue;
    try {
      await progress(`Stopping ${engine.name}`, async () => engine.stop(place));
    } catch (cause) {
      failures.push({ name: engine.name, cause });
    }
  }
  return failures;
}
