import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PROCESSING_LIMITS } from '@plaza/media/processing';
import { type Person, Refused } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlaza } from '../world.js';
import { type HostileFile, hostileFiles } from './hostile-files.js';
import { sha256, watchMedia } from './upload.js';

/** How a file was refused. */
interface Refusal {
  readonly at: 'startUpload' | 'the last byte' | 'the worker' | 'nobody';
  readonly code: string;
}

const files = await hostileFiles();
const refusals = new Map<string, Refusal>();
const latencies: number[] = [];
let highest = 0;
let leftBehind: readonly string[] = [];
let world: World;

/** Tries to bring a file in. */
async function bring(who: Person, { bytes, contentType, lies }: HostileFile): Promise<Refusal> {
  try {
    const { media, uploadUrl } = await who.does('StartUpload', {
      fileName: 'x.png',
      contentType,
      byteSize: String(bytes.length),
      sha256: sha256(bytes),
      ...lies,
    });
    const answer = await fetch(uploadUrl, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${who.tokens.accessToken}`,
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
      },
      body: new Uint8Array(bytes),
    });
    if (answer.status !== 204) return { at: 'the last byte', code: JSON.parse(await answer.text()).code };
    const state = (await watchMedia(who, world.url, media.id)).at(-1);
    return { at: state?.status === 'FAILED' ? 'the worker' : 'nobody', code: state?.failure?.code ?? String(state?.status) };
  } catch (error) {
    if (error instanceof Refused) return { at: 'startUpload', code: error.code };
    throw error;
  }
}

/** Resident memory of the largest process that works on originals, in bytes; 0 where there is no /proc. */
async function largestWorker(): Promise<number> {
  const sizes = [0];
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/u.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!command.includes('processing.worker')) continue;
    const pages = (await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '0 0')).split(' ')[1];
    sizes.push(Number(pages) * 4_096);
  }
  return Math.max(...sizes);
}

async function onDisk(): Promise<readonly string[]> {
  const entries = await readdir(join(world.ground.dataDir, 'media'), { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

beforeAll(async () => {
  world = await startPlaza();
  const [mallory, anna] = await world.people('mallory', 'anna');
  let isOver = false;
  const others = (async () => {
    for (; !isOver; await pause(40)) {
      const began = performance.now();
      await anna.plays('Me');
      latencies.push(performance.now() - began);
      highest = Math.max(highest, await largestWorker());
    }
  })();
  // The largest first: whoever comes last does not wait for them.
  const waiting = files.toSorted((a, b) => b.bytes.length - a.bytes.length);
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) refusals.set(file.name, await bring(mallory, file));
    }),
  );
  isOver = true;
  await others;
  leftBehind = await onDisk();
});

afterAll(() => world.stop());

describe('files that mean no good', () => {
  it('are sixty, each another one', () => {
    expect(files.length).toBeGreaterThanOrEqual(60);
    expect(new Set(files.map(({ bytes }) => sha256(bytes))).size).toBe(files.length);
  });

  it.each(files.map((file) => [file.name, file] as const))('%s', (name, { codes }) => {
    const refusal = refusals.get(name);
    expect([refusal?.at, codes.includes(refusal?.code ?? '') ? 'refused' : refusal?.code]).toEqual([
      expect.not.stringMatching('nobody'),
      'refused',
    ]);
  });

  it('leave nothing behind', () => {
    expect(leftBehind).toEqual([]);
  });

  it('take no process above its limits', () => {
    expect(highest).toBeLessThan(PROCESSING_LIMITS.AVIF.memoryBytes * 1.1);
  });

  it('disturb nobody else', () => {
    const sorted = latencies.toSorted((a, b) => a - b);
    expect(sorted.length).toBeGreaterThan(0);
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThan(3_000);
  });
});
