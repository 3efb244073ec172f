import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '@plaza/native/engine';
import { madeOnce, need, onPath, run } from '@plaza/native/tools';

const HINT = 'Install Prometheus so that promtool can be run by its name.';

/** The path of promtool: the one on the PATH, else that of Debian's Prometheus, unpacked into `folder` and not installed. @throws EngineError */
export async function promtool(folder: string): Promise<string> {
  const own = await onPath('promtool');
  if (own !== undefined) return own;
  await mkdir(folder, { recursive: true });
  const program = join(folder, 'program', 'usr', 'bin', 'promtool');
  if (!existsSync(program)) {
    await need('promtool', ['apt-get', 'dpkg'], HINT);
    await madeOnce(folder, async (draft) => {
      await run('apt-get', ['download', 'prometheus'], { cwd: draft }).catch((cause: unknown) => {
        throw new EngineError(`promtool: apt-get knows no prometheus (apt-get update?). ${HINT}`, { cause });
      });
      for (const file of (await readdir(draft)).filter((name) => name.endsWith('.deb'))) {
        await run('dpkg', ['--extract', join(draft, file), draft]);
        await rm(join(draft, file));
      }
    });
  }
  return program;
}
