import type { Progress } from '@plaza/telemetry/progress';
import type { Engine, EngineName } from './engine.js';
import { ENGINES } from './engines.js';
import type { Places } from './places.js';

/** An engine for which it did not work, and why. */
export interface Failure {
  readonly name: EngineName;
  readonly cause: unknown;
}

interface UpOptions {
  readonly engines: readonly Engine[];
  readonly places: Places;
  readonly progress: Progress;
  readonly report: (line: string) => void;
}

/** Gets the programs one after another, starts them side by side, says where they are, and writes it down. One that fails does not keep the others. */
export async function up({ engines, places, progress, report }: UpOptions): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  const starts: Promise<void>[] = [];
  const attempt = async (name: EngineName, work: () => Promise<void>): Promise<void> =>
    work().catch((cause: unknown) => void failures.push({ name, cause }));
  for (const engine of engines) {
    await attempt(engine.name, async () => {
      const place = await places.of(engine);
      await progress(`Getting ${engine.name}`, async (at) => engine.install(place, at));
      starts.push(attempt(engine.name, async () => progress(`Starting ${engine.name}`, async (at) => engine.start(place, at))));
    });
  }
  await Promise.all(starts);
  // Those of earlier starts too: the file is about what runs, whatever this call was for.
  const variables: Record<string, string> = {};
  for (const engine of Object.values(ENGINES)) {
    const place = places.known(engine.name);
    if (place === undefined || !(await engine.isRunning(place))) continue;
    const own = engine.variables(place);
    Object.assign(variables, own);
    report(`\n  ${await engine.version(place)}`);
    for (const [name, value] of Object.entries(own)) report(`    ${name.padEnd(24)} ${value.replaceAll(place.password, '…')}`);
  }
  report(`\n  All of it, with the passwords: ${await places.writeVariables(variables)}`);
  return failures;
}
