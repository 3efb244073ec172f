import { appendFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Names the folder in which faults are asked for; without it there are none. A Plaza of the production profile refuses it (infra/embedded/config.ts). */
export const FAILPOINTS_VARIABLE = 'PLAZA_FAILPOINTS';

// oxlint-disable-next-line node/no-process-env -- no configuration of any part: it has to be there before the first part is made
const { PLAZA_PROFILE: profile, [FAILPOINTS_VARIABLE]: asked = '' } = process.env;
const folder = profile === 'production' ? '' : asked;
const passed = new Map<string, number>();

/** What PostgreSQL answers when its disk is full. */
class DiskFull extends Error {
  readonly code = '53100';
}

/**
 * A named step at which a fault may be asked for: in the folder, a file of the step's name holds `<what> <passages before> <times>`, and what is one of
 *
 * - `kill`: this process ends at once, as by kill -9;
 * - `fail`: the step throws;
 * - `full`: the step throws what PostgreSQL throws when its disk is full;
 * - `hang:<ms>`: the step takes so much longer;
 * - `shuffle`: a list is the other way round ({@link shuffled}).
 *
 * Passages are counted in each process from when the file is there. After its last time the file is renamed to `<name>.done`, before the fault: it
 * comes as often as was asked for, whoever starts again. From its first time on there is a file `<name>.struck`. Where no folder is named, a step
 * costs one comparison.
 */
export function failpoint(step: string): Promise<unknown> | undefined {
  return folder === '' ? undefined : pass(folder, step);
}

/** A list as it is, or the other way round where that was asked for: what a way does that keeps no order. Only lists in which a key stands twice pass the step. */
export async function shuffled<T extends { readonly key: string }>(step: string, list: readonly T[]): Promise<readonly T[]> {
  if (folder === '' || new Set(list.map(({ key }) => key)).size === list.length) return list;
  return (await pass(folder, step)) === 'shuffle' ? list.toReversed() : list;
}

/**
 * How far the clock of this process is off, in milliseconds: what the file `clock` of the folder says, `<milliseconds>` or, for processes whose
 * program's path has that part, `<milliseconds> <part>`.
 */
export function clockOffset(): number {
  if (folder === '') return 0;
  const file = join(folder, 'clock');
  const [ms = '0', part = ''] = existsSync(file) ? readFileSync(file, 'utf8').split(' ') : [];
  return process.argv[1]?.includes(part) === false ? 0 : Number(ms);
}

/** @returns what has struck, where anything has */
async function pass(place: string, step: string): Promise<string | undefined> {
  const file = join(place, step);
  const wanted = read(file);
  if (wanted === null) {
    passed.delete(step);
    return undefined;
  }
  const [what = '', before = '0', times = '1'] = wanted.split(' ');
  const count = (passed.get(step) ?? 0) + 1;
  passed.set(step, count);
  if (count <= Number(before)) return undefined;
  if (count >= Number(before) + Number(times) && !take(file)) return undefined;
  appendFileSync(`${file}.struck`, '');
  if (what === 'kill') {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }
  if (what === 'full') throw new DiskFull('could not extend file: No space left on device');
  if (what === 'fail') throw new Error(`a fault was asked for at ${step}`);
  if (what.startsWith('hang:')) await pause(Number(what.slice('hang:'.length)));
  return what;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Whoever renames it does what it asks for. */
function take(file: string): boolean {
  try {
    renameSync(file, `${file}.done`);
    return true;
  } catch {
    return false;
  }
}
