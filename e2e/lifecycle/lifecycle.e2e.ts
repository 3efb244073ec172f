import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { alive, childOf, launch, type PlazaProcess, processesOf } from './launch.js';

let home: string;
let dataDir: string;
const launched: PlazaProcess[] = [];

function start(variables: Readonly<Record<string, string>> = {}, entry?: string): PlazaProcess {
  const plaza = launch({ PLAZA_DATA_DIR: dataDir, PLAZA_DEMO: '0', ...variables }, entry);
  launched.push(plaza);
  return plaza;
}

async function askGraph(url: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ me { id } }' }),
  });
  return response.json();
}

async function stop(
  plaza: PlazaProcess,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<{ readonly code: number | string; readonly seconds: number }> {
  const began = performance.now();
  plaza.signal(signal);
  const code = await plaza.exited;
  return { code, seconds: (performance.now() - began) / 1000 };
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plaza-lifecycle-'));
  dataDir = join(home, 'data');
});
afterEach(async () => {
  for (const plaza of launched.splice(0)) {
    if ((await alive([plaza.pid])).length === 0) continue;
    plaza.signal('SIGTERM');
    await plaza.exited;
  }
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('a start', () => {
  it('of a new folder leads to a graph that answers, and SIGTERM leaves no process', async () => {
    const plaza = start();
    const { url, seconds } = await plaza.ready;
    expect(await askGraph(url)).toEqual({ data: { me: null } });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const processes = await processesOf(plaza, dataDir);
    const stopped = await stop(plaza);

    expect(stopped.code).toBe(0);
    expect(stopped.seconds).toBeLessThan(10);
    // Plaza itself and its PostgreSQL at the least.
    expect(processes.length).toBeGreaterThan(1);
    expect(await alive(processes)).toEqual([]);
    console.log(`first start ${seconds.toFixed(1)} s, stop ${stopped.seconds.toFixed(1)} s`);
  });

  it('of a folder that was there is ready again', async () => {
    const plaza = start();
    const { seconds } = await plaza.ready;
    console.log(`second start ${seconds.toFixed(1)} s`);

    expect((await stop(plaza, 'SIGINT')).code).toBe(0);
  });

  it('takes over what a killed one left running, and leaves nothing at its own end', async () => {
    const killed = start();
    await killed.ready;
    const before = await processesOf(killed, dataDir);
    killed.signal('SIGKILL');
    await killed.exited;
    const plaza = start();
    const { url } = await plaza.ready;

    expect(await askGraph(url)).toEqual({ data: { me: null } });
    expect((await stop(plaza)).code).toBe(0);
    expect(await alive(before)).toEqual([]);
  });

  it('that is stopped in its middle leaves nothing, and the next one does not mind', async () => {
    const plaza = start();
    while (!plaza.output().includes('PostgreSQL')) await new Promise((later) => setTimeout(later, 20));
    const processes = await processesOf(plaza, dataDir);
    expect((await stop(plaza)).code).toBe(0);

    expect(await alive(processes)).toEqual([]);
  });
});

describe('a start that cannot be', () => {
  async function refused(variables: Readonly<Record<string, string>>): Promise<string> {
    const plaza = start(variables);
    expect(await plaza.exited).toBe(1);
    return plaza.output();
  }

  it('names a bad variable in one line and touches nothing', async () => {
    const untouched = join(home, 'untouched');

    expect(await refused({ PORT: 'http', PLAZA_DATA_DIR: untouched })).toBe(
      'Plaza cannot start: PORT must be a whole number from 0 to 65535, not "http"\n',
    );
    expect(await readdir(home)).not.toContain('untouched');
  });

  it('says that the port is in use and touches nothing', async () => {
    const untouched = join(home, 'untouched');
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => holder.once('listening', listening));
    const port = String((holder.address() as AddressInfo).port);

    expect(await refused({ PORT: port, PLAZA_DATA_DIR: untouched })).toBe(`Plaza cannot start: port ${port} on 127.0.0.1 is in use\n`);
    expect(await readdir(home)).not.toContain('untouched');
    holder.close();
  });

  it('says that the folder is in use by a Plaza, which goes on', async () => {
    const first = start();
    const { url } = await first.ready;

    expect(await refused({})).toContain(`Plaza cannot start: ${dataDir} is in use by a running Plaza\n`);
    expect(await askGraph(url)).toEqual({ data: { me: null } });
  });

  it('refuses a folder of a newer version and leaves it as it is', async () => {
    const newer = join(home, 'newer');
    await mkdir(newer);
    await writeFile(join(newer, 'plaza.json'), '{"version":"99.0.0","createdAt":"2026-01-01T00:00:00.000Z"}');

    expect(await refused({ PLAZA_DATA_DIR: newer })).toContain('was written by Plaza 99.0.0');
    expect(await readdir(newer)).toEqual(['plaza.json']);
    expect(await readFile(join(newer, 'plaza.json'), 'utf8')).toContain('99.0.0');
  });

  it.skipIf(userInfo().uid === 0)('says that the folder cannot be written', async () => {
    const closed = join(home, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o500);

    expect(await refused({ PLAZA_DATA_DIR: closed })).toBe(`Plaza cannot start: ${closed} cannot be written (EACCES)\n`);
  });
});

describe('seven processes', () => {
  const asProcesses = 'infra/embedded/processes.ts';

  it('serve the same graph over the same folder, replace one that dies, and end together', async () => {
    const plaza = start({}, asProcesses);
    const { url, seconds } = await plaza.ready;
    console.log(`seven processes ${seconds.toFixed(1)} s`);
    expect(await askGraph(url)).toEqual({ data: { me: null } });
    const feed = await childOf(plaza, 'subgraphs/feed/src/main.js');
    if (feed === undefined) throw new Error('feed does not run');
    process.kill(feed, 'SIGKILL');
    await vi.waitFor(async () => expect(await childOf(plaza, 'subgraphs/feed/src/main.js')).not.toBe(feed), 60_000);
    await vi.waitFor(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200), { timeout: 60_000, interval: 100 });
    const processes = await processesOf(plaza, dataDir);
    const stopped = await stop(plaza);

    expect(stopped).toMatchObject({ code: 0 });
    expect(stopped.seconds).toBeLessThan(10);
    expect(processes.length).toBeGreaterThan(8);
    expect(await alive(processes)).toEqual([]);
  });

  it('do not outlive a parent that was killed, and the next start takes the folder over', async () => {
    const plaza = start({}, asProcesses);
    await plaza.ready;
    const children = (await processesOf(plaza, 'no data folder')).filter((pid) => pid !== plaza.pid);
    plaza.signal('SIGKILL');
    await plaza.exited;
    await vi.waitFor(async () => expect(await alive(children)).toEqual([]), 60_000);
    const next = start();

    expect(await askGraph((await next.ready).url)).toEqual({ data: { me: null } });
    expect((await stop(next)).code).toBe(0);
  });
});
