import { accessSync, chmodSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Two programs, by their whole paths. */
export interface VideoTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** Where a machine keeps its own programs. What else stands on a PATH, as the scripts of npm's packages, is not the machine's. */
const FOLDERS = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];

let found: VideoTools | undefined;

/**
 * The machine's own ffmpeg and ffprobe when it has both, for those are kept up to date; else the ones that came with npm (4.1 of 2018 and
 * ffprobe of 2023). Looked for once. @throws on a platform for which there are neither.
 */
export function videoTools(): VideoTools {
  found ??= onPath() ?? fromNpm();
  return found;
}

function onPath(): VideoTools | null {
  const [ffmpeg, ffprobe] = [which('ffmpeg'), which('ffprobe')];
  return ffmpeg === null || ffprobe === null ? null : { ffmpeg, ffprobe };
}

const which = (name: string): string | null => FOLDERS.map((folder) => join(folder, name)).find(mayRun) ?? null;

/** The packages throw while they are loaded where they have no binary, so they are loaded only when they are needed. */
function fromNpm(): VideoTools {
  const require = createRequire(import.meta.url);
  return { ffmpeg: runnable(require('@ffmpeg-installer/ffmpeg')), ffprobe: runnable(require('@ffprobe-installer/ffprobe')) };
}

function runnable(installer: unknown): string {
  if (typeof installer !== 'object' || installer === null || !('path' in installer) || typeof installer.path !== 'string') {
    throw new Error('an installer of ffmpeg names no path');
  }
  // The file is packed without the right to run it, and the package's install script that would give it is not run.
  if (!mayRun(installer.path)) chmodSync(installer.path, 0o755);
  return installer.path;
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
