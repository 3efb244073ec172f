import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_EDITS, PROCESSING_LIMITS, type Known, type ProcessingLimits } from './processing.js';
import { type Outcome, ProcessingPool } from './processing-pool.js';

const folder = await mkdtemp(join(tmpdir(), 'plaza-pool-'));
const pools: ProcessingPool[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.stop()));
  await rm(folder, { recursive: true, force: true });
});

function poolOf(limits: Partial<ProcessingLimits> = {}): ProcessingPool {
  const photo = { ...PROCESSING_LIMITS.PHOTO, ...limits };
  const pool = new ProcessingPool({ size: 1, folder: join(folder, 'work'), limits: { PHOTO: photo, AVIF: photo, VIDEO: photo } });
  pools.push(pool);
  return pool;
}

const noise = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red', noise: { type: 'gaussian', mean: 120, sigma: 40 } } });

/** A second of work. */
const large = noise(2_000, 2_000).jpeg().toBuffer();

async function source(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const silent = { progress: () => undefined, known: () => undefined };
const run = (pool: ProcessingPool, path: string): Promise<Outcome> =>
  pool.run({ kind: 'PHOTO', edits: NO_EDITS, source: path }, silent, (outcome) => Promise.resolve(outcome));

describe('work in a process of its own', () => {
  it('tells what it knows early and hands over files that are gone afterwards', async () => {
    const pool = poolOf();
    const path = await source('good', await noise(500, 300).jpeg().toBuffer());
    const known: Known[] = [];
    const told = { ...silent, known: (early: Known) => known.push(early) };
    const files = await pool.run({ kind: 'PHOTO', edits: NO_EDITS, source: path }, told, async (outcome) => {
      if (outcome.kind !== 'made') throw new Error(JSON.stringify(outcome));
      expect(outcome).toMatchObject({ width: 500, height: 300, address: expect.stringMatching(/^[0-9a-f]{64}$/u), hls: null });
      return Promise.all(outcome.objects.map(async (object) => [object.name, (await sharp(object.path).metadata()).format]));
    });
    expect(files).toEqual([160, 320, 640].map((width) => [`w${width}.webp`, 'webp']));
    expect(known).toMatchObject([{ width: 500, height: 300, durationMs: null }]);
    expect(await readdir(join(folder, 'work'))).toEqual([]);
  });

  it.each([
    ['memory', { memoryBytes: 40 * 1024 * 1024 }],
    ['CPU time', { cpuMs: 30 }],
    ['time', { wallMs: 60 }],
  ])('ends above its limit of %s, and the next job has a new one', async (_name, limits) => {
    const path = await source('large', await large);
    const pool = poolOf(limits);
    for (let time = 0; time < 2; time += 1) expect(await run(pool, path)).toEqual({ kind: 'rejected', code: 'LIMIT_EXCEEDED' });
    expect(await readdir(join(folder, 'work'))).toEqual([]);
  });

  it('says so when there is no original, and goes on', async () => {
    const pool = poolOf();
    expect(await run(pool, join(folder, 'nowhere'))).toMatchObject({ kind: 'broken' });
    expect(await run(pool, await source('text', Buffer.from('text')))).toEqual({ kind: 'rejected', code: 'UNSUPPORTED_MEDIA' });
  });

  it('is broken off by a stop', async () => {
    const pool = poolOf();
    const running = run(pool, await source('later', await large));
    await pool.stop();
    expect(await running).toMatchObject({ kind: 'broken' });
    expect(await run(pool, join(folder, 'later'))).toEqual({ kind: 'broken', reason: 'stopped' });
  });
});
