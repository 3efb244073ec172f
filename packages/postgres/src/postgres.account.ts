import { execFile, execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const NOBODY = 65_534;
/** Root under the name of nobody: Postgres accepts it, and root's closed folders stay open to it. Some containers forbid it. */
const MAPPED = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];

/** How PostgreSQL's programs are run, and who owns what they write. */
export interface Account {
  readonly run: (program: string, args: readonly string[]) => Promise<string>;
  /** Make a folder that only PostgreSQL (and root) may enter. */
  readonly makeFolder: (path: string) => Promise<void>;
}

/**
 * PostgreSQL refuses to run as root. As anybody else it runs as they are; as root it runs as the account that owns the
 * cluster already, else as `postgres` or `nobody`, and where such an account cannot enter the folders, as root in a user
 * namespace where root is called nobody.
 * @param dataDir the data folder; it exists.
 * @param native the folder of PostgreSQL's programs.
 */
export async function accountFor(dataDir: string, native: string): Promise<Account> {
  const bin = (program: string) => join(native, 'bin', program);
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const options = { env, cwd: tmpdir(), maxBuffer: 16 * 1024 * 1024 };
  if (process.platform === 'win32' || userInfo().uid !== 0) {
    return { run: async (program, args) => (await execute(bin(program), args, options)).stdout, makeFolder: own() };
  }
  await chmod(dataDir, statSync(dataDir).mode | 0o011); // the account of PostgreSQL passes through it
  const cluster = join(dataDir, 'postgres');
  const owner = existsSync(cluster) ? statSync(cluster).uid : undefined;
  const closed = [native, dataDir].map(closedAbove).find((path) => path !== undefined);
  if (closed === undefined && owner !== 0) {
    const as = owner === undefined ? systemAccount() : { uid: owner, gid: statSync(cluster).gid };
    return { run: async (program, args) => (await execute(bin(program), args, { ...options, ...as })).stdout, makeFolder: own(as) };
  }
  if (!canMap()) {
    throw new Error(
      `PostgreSQL does not run as root, and no other user may enter ${closed ?? cluster}. Start Plaza as another user, or from another folder`,
    );
  }
  if (owner !== undefined && owner !== 0) await execute('chown', ['-R', '0:0', cluster]);
  return {
    run: async (program, args) => (await execute('unshare', [...MAPPED, bin(program), ...args], options)).stdout,
    makeFolder: own(),
  };
}

function own(as?: { readonly uid: number; readonly gid: number }): Account['makeFolder'] {
  return async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (as) await chown(path, as.uid, as.gid);
    await chmod(path, 0o700);
  };
}

function systemAccount(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return { uid: NOBODY, gid: NOBODY };
  }
}

/** The nearest folder, from this one up, that users other than its owner may not enter. */
function closedAbove(path: string): string | undefined {
  for (let at = resolve(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return at;
    if (at === dirname(at)) return undefined;
  }
}

function canMap(): boolean {
  try {
    execFileSync('unshare', [...MAPPED, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
