import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from 'redis';
import { answering, daemonPid, startDaemon, stopDaemon } from './daemon.js';
import { type Engine, EngineError, type Place } from './engine.js';
import { madeOnce, need, onPath, run } from './tools.js';

const HINT = 'Install Redis 7 so that redis-server can be run by its name.';

/** Redis 7: the one on the PATH, else Debian's, unpacked beside its data without being installed. */
export const redis: Engine = {
  name: 'redis',
  portCount: 1,

  async install({ folder }, at) {
    if ((await onPath('redis-server')) !== undefined) return;
    if (existsSync(join(folder, 'program'))) return;
    await need('redis', ['apt-get', 'dpkg'], HINT);
    await madeOnce(folder, async (draft) => {
      at('from Debian');
      // What it needs beside what this machine has, as apt reckons it; nothing is installed.
      const plan = await run('apt-get', ['--simulate', '--no-install-recommends', 'install', 'redis-server']).catch((cause: unknown) => {
        throw new EngineError(`redis: apt-get knows no redis-server (apt-get update?). ${HINT}`, { cause });
      });
      const names = [...plan.matchAll(/^Inst (\S+)/gmu)].map((match) => match[1] ?? '');
      await run('apt-get', ['download', ...names], { cwd: draft });
      for (const file of (await readdir(draft)).filter((name) => name.endsWith('.deb'))) {
        await run('dpkg', ['--extract', join(draft, file), draft]);
      }
    });
  },

  async start(place) {
    const { folder, ports, password } = place;
    await mkdir(join(folder, 'data'), { recursive: true, mode: 0o700 });
    const settings = {
      bind: '127.0.0.1',
      port: String(ports[0]),
      requirepass: password,
      dir: join(folder, 'data'),
      appendonly: 'yes',
      save: '""',
    };
    const file = join(folder, 'redis.conf');
    const lines = Object.entries(settings).map(([name, value]) => (name === 'dir' ? `${name} "${value}"` : `${name} ${value}`));
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    const { path, env } = await program(folder);
    await startDaemon(folder, { command: path, args: [file], env });
    await answering(folder, async () => answersPing(place), 60_000);
  },

  stop: async ({ folder }) => stopDaemon(folder, 10_000),
  isRunning: async ({ folder }) => (await daemonPid(folder)) !== undefined,

  async version({ folder }) {
    const { path, env } = await program(folder);
    const { stdout } = await promisify(execFile)(path, ['--version'], { env: { ...process.env, ...env } });
    return `Redis ${/v=(\S+)/u.exec(stdout)?.[1] ?? '?'}`;
  },

  variables: ({ ports, password }) => ({ REDIS_URL: `redis://:${password}@127.0.0.1:${String(ports[0])}` }),
};

async function program(folder: string): Promise<{ readonly path: string; readonly env: Readonly<Record<string, string>> }> {
  const own = join(folder, 'program', 'usr');
  if (!existsSync(own)) return { path: 'redis-server', env: {} };
  const libraries = (await readdir(join(own, 'lib'))).map((name) => join(own, 'lib', name));
  return { path: join(own, 'bin', 'redis-server'), env: { LD_LIBRARY_PATH: libraries.join(':') } };
}

async function answersPing({ ports, password }: Place): Promise<boolean> {
  const client = createClient({ socket: { host: '127.0.0.1', port: ports[0] ?? 0, reconnectStrategy: false }, password });
  client.on('error', () => undefined); // said by the rejection too
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } finally {
    if (client.isOpen) client.destroy();
  }
}
