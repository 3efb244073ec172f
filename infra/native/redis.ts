import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from 'redis';
import { answering, daemonPid, startDaemon, stopDaemon } from './daemon.js';
import { bringFromDebian, runnable } from './debian.js';
import type { Engine, Place } from './engine.js';

const PROGRAM = { program: 'redis-server', name: 'redis-server', hint: 'Install Redis 7 so that redis-server can be run by its name.' };

/** Redis 7: the one on the PATH, else Debian's, unpacked beside its data without being installed. */
export const redis: Engine = {
  name: 'redis',
  portCount: 1,

  install: async ({ folder }, at) => bringFromDebian(folder, PROGRAM, at),

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
    const { path, env } = await runnable(folder, PROGRAM.program);
    await startDaemon(folder, { command: path, args: [file], env });
    await answering(folder, async () => answersPing(place), 60_000);
  },

  stop: async ({ folder }) => stopDaemon(folder, 10_000),
  isRunning: async ({ folder }) => (await daemonPid(folder)) !== undefined,

  async version({ folder }) {
    const { path, env } = await runnable(folder, PROGRAM.program);
    const { stdout } = await promisify(execFile)(path, ['--version'], { env: { ...process.env, ...env } });
    return `Redis ${/v=(\S+)/u.exec(stdout)?.[1] ?? '?'}`;
  },

  variables: ({ ports, password }) => ({ REDIS_URL: `redis://:${password}@127.0.0.1:${String(ports[0])}` }),
};

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
