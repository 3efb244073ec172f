import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What one run may take. */
export interface RunLimits {
  readonly cpuSeconds: number;
  /** Of address space, in bytes. */
  readonly memoryBytes: number;
  /** Of the largest file that it may write. */
  readonly fileBytes: number;
  readonly wallMs: number;
}

export type Run =
  | { readonly kind: 'done'; readonly stdout: string }
  /** It said no. `stderr`: its last words. */
  | { readonly kind: 'failed'; readonly status: number; readonly stderr: string }
  /** It was ended above a limit. */
  | { readonly kind: 'limit' };

export interface RunOptions {
  /** Where it works: relative paths of its arguments lie here. */
  readonly folder: string;
  readonly limits: RunLimits;
  /** Is given each line of its output, which is then not kept. */
  readonly onLine?: (line: string) => void;
}

/** Output that is kept, in characters; a program that says more is ended. */
const MAX_OUTPUT = 4_000_000;
const LAST_WORDS = 8_000;

/**
 * The program's own limits, then the program, niced and without an environment. Beside it waits a reader of standard input, whose other end only
 * the one that started all this holds: when that process ends, in whatever way, or closes it, the program is killed. A limit that a platform does
 * not know (macOS: address space) is left out; the pool's own limits hold there.
 */
const CONFINED = `
ulimit -c 0
ulimit -t "$1" 2>/dev/null
ulimit -v "$2" 2>/dev/null
ulimit -f "$3" 2>/dev/null
shift 3
exec 3<&0
nice -n 10 env -i "$@" 3<&- </dev/null &
work=$!
( exec >/dev/null 2>&1; read -r _ <&3; kill -9 "$work" ) &
watch=$!
exec 3<&-
wait "$work"
status=$?
kill "$watch" 2>/dev/null
exit "$status"
`;

let offline: readonly string[] | undefined;

/** What takes the network away from a program where the kernel lets us: a namespace of its own with no way out. Tried once. */
function withoutNetwork(): readonly string[] {
  const command = ['unshare', '--map-root-user', '--net', '--'] as const;
  offline ??=
    process.platform === 'linux' && spawnSync(command[0], [...command.slice(1), 'true'], { stdio: 'ignore' }).status === 0 ? command : [];
  return offline;
}

/**
 * Runs `program` above bytes of strangers: without environment, input and (where the kernel allows) network, in a folder of its own, within limits, in the
 * process group of the one who asks, and gone when that one is gone. @throws when it cannot be started.
 */
export function runConfined(program: string, args: readonly string[], { folder, limits, onLine }: RunOptions): Promise<Run> {
  return new Promise((resolve, reject) => {
    const { cpuSeconds, memoryBytes, fileBytes, wallMs } = limits;
    // ulimit counts kilobytes of memory and blocks of 512 bytes of a file.
    const numbers = [Math.ceil(cpuSeconds), Math.floor(memoryBytes / 1024), Math.ceil(fileBytes / 512)].map(String);
    const child = spawn('/bin/sh', ['-c', CONFINED, 'confined', ...numbers, ...withoutNetwork(), program, ...args], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [stdout, stderr, ended] = ['', '', false];
    const end = (): void => {
      ended = true;
      child.stdin.destroy();
    };
    const clock = setTimeout(end, wallMs);
    if (onLine === undefined) {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (stdout.length + text.length > MAX_OUTPUT) end();
        else stdout += text;
      });
    } else createInterface(child.stdout).on('line', onLine);
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-LAST_WORDS)));
    // It may be gone before its input is closed.
    child.stdin.on('error', () => undefined);
    child.on('error', (cause) => {
      clearTimeout(clock);
      reject(cause);
    });
    child.on('close', (code, signal) => {
      clearTimeout(clock);
      child.stdin.destroy();
      if (code === 126 || code === 127) reject(new Error(`${program} cannot be run: ${stderr}`));
      else if (ended || signal !== null || aboveLimit(code ?? 0, stderr)) resolve({ kind: 'limit' });
      else resolve(code === 0 ? { kind: 'done', stdout } : { kind: 'failed', status: code ?? 0, stderr });
    });
  });
}

/** SIGKILL, SIGXCPU and SIGXFSZ, as a shell tells them; memory that was asked for and not given. */
function aboveLimit(status: number, stderr: string): boolean {
  return [137, 152, 153].includes(status) || (status !== 0 && /cannot allocate memory|file too large/i.test(stderr));
}
