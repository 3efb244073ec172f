import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { answering, daemonPid, startDaemon, stopDaemon } from './daemon.js';
import { runnable } from './debian.js';
import { chosen, ENGINES } from './engines.js';
import { Places } from './places.js';
import { need } from './tools.js';

const folder = await mkdtemp(join(tmpdir(), 'plaza-infra-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the engines that are wanted', () => {
  it('are all of them, or those that are named, in the order of their start', () => {
    expect(chosen(undefined)?.map(({ name }) => name)).toEqual(['redis', 'minio', 'kafka', 'opensearch', 'postgres']);
    expect(chosen('minio, redis')?.map(({ name }) => name)).toEqual(['redis', 'minio']);
  });

  it('are known by their names', () => {
    expect(chosen('redis,nix')).toBeNull();
    expect(chosen('')).toBeNull();
  });
});

describe('the place of an engine', () => {
  it('is the same at every start, and its password is for this user alone', async () => {
    const first = await (await Places.open(folder)).of(ENGINES.redis);
    const again = await (await Places.open(folder)).of(ENGINES.redis);
    expect(again).toEqual(first);
    expect(first.password).toMatch(/^[0-9a-f]{32}$/u);
    expect((await stat(join(folder, 'infra', 'settings.json'))).mode & 0o077).toBe(0);
  });
});

describe('a toolchain that is missing', () => {
  it('is one line that says what to install', async () => {
    await expect(need('kafka', ['no-such-program'], 'Install Maven 3.')).rejects.toThrow(
      'kafka: no-such-program is not on the PATH. Install Maven 3.',
    );
  });
});

describe('a program of Debian’s', () => {
  it('is run by its name where it was on the PATH', async () => {
    expect(await runnable(join(folder, 'nowhere'), 'nginx')).toEqual({ path: 'nginx', env: {} });
  });

  it('finds what came with it, if anything did', async () => {
    const own = join(folder, 'unpacked', 'program', 'usr');
    await mkdir(join(own, 'sbin'), { recursive: true });
    await writeFile(join(own, 'sbin', 'nginx'), '');
    const path = join(own, 'sbin', 'nginx');
    expect(await runnable(join(folder, 'unpacked'), 'nginx')).toEqual({ path, env: {} });
    await mkdir(join(own, 'lib', 'x86_64-linux-gnu'), { recursive: true });
    const env = { LD_LIBRARY_PATH: join(own, 'lib', 'x86_64-linux-gnu') };
    expect(await runnable(join(folder, 'unpacked'), 'nginx')).toEqual({ path, env });
  });
});

describe('a program that outlives its start', () => {
  const waiting = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };

  it('runs once, until it is stopped', async () => {
    await startDaemon(folder, waiting);
    const pid = await daemonPid(folder);
    await startDaemon(folder, waiting);
    expect(await daemonPid(folder)).toBe(pid);
    await answering(folder, async () => true, 60_000);
    await stopDaemon(folder, 60_000);
    expect(await daemonPid(folder)).toBeUndefined();
    await stopDaemon(folder, 60_000);
  });

  it('is told of when it ends instead of answering', async () => {
    await startDaemon(folder, waiting);
    const pid = await daemonPid(folder);
    const answer = async (): Promise<boolean> => {
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      return false;
    };
    await expect(answering(folder, answer, 60_000)).rejects.toThrow('it ended while it started');
  });
});
