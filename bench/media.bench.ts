/** `npm run bench:media`: see HELP. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { usageOf } from '@plaza/media/process-usage';
import { NO_EDITS, type ProcessingKind } from '@plaza/media/processing';
import { ProcessingPool } from '@plaza/media/processing-pool';
import sharp from 'sharp';
import { machine } from './measure/machine.js';
import { spread } from './measure/percentiles.js';

const HELP = `Usage: npm run bench:media -- [--rounds 3] [--photos]

Photos: the demo's photographs, the same at 12 and 48 megapixels, worked on as uploads are, in processes of their own; every size in WebP (then a
photo is READY), then again in AVIF. Printed: photos a minute, milliseconds from queue to last size, CPU of every process together and bytes for
each photo, the highest memory of all processes. Then videos (bench/media-video.bench.ts).

  --rounds  how often each photo, and each video, is made (3)
  --photos  without the videos
`;

const PHOTOS = fileURLToPath(new URL('../infra/embedded/demo/photos', import.meta.url));
const LOOK_MS = 50;
const silent = { progress: () => undefined, known: () => undefined };
const out = (line = ''): void => void process.stdout.write(`${line}\n`);

interface Result {
  readonly perMinute: number;
  readonly cpuMs: number;
  readonly durations: readonly number[];
  readonly bytes: number;
  readonly highestMib: number;
}

/** Makes every source so often, with so many processes side by side. */
async function make(kind: ProcessingKind, sources: readonly string[], rounds: number, atOnce: number, folder: string): Promise<Result> {
  const pool = new ProcessingPool({ size: atOnce, folder: join(folder, 'work') });
  const once = async (source: string): Promise<number> =>
    pool.run({ kind, source, edits: NO_EDITS }, silent, async (outcome) => {
      if (outcome.kind !== 'made') throw new Error(`${source}: ${JSON.stringify(outcome)}`);
      const sizes = await Promise.all(outcome.objects.map(async ({ path }) => (await stat(path)).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    });
  try {
    // Every process is up before the clock starts.
    await Promise.all(Array.from({ length: atOnce }, () => once(sources[0] ?? '')));
    let highest = 0;
    const looking = setInterval(
      () => void usageOf(process.pid).then(({ memoryBytes }) => (highest = Math.max(highest, memoryBytes))),
      LOOK_MS,
    );
    const [before, began] = [await usageOf(process.pid), performance.now()];
    const durations: number[] = [];
    let bytes = 0;
    const queue = Array.from({ length: rounds }, () => sources).flat();
    const count = queue.length;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
          const start = performance.now();
          const made = await once(source);
          bytes += made;
          durations.push(performance.now() - start);
        }
      }),
    );
    clearInterval(looking);
    const minutes = (performance.now() - began) / 60_000;
    const after = await usageOf(process.pid);
    return {
      perMinute: count / minutes,
      cpuMs: (after.cpuMs - before.cpuMs) / count,
      durations,
      bytes: bytes / count,
      highestMib: highest / 2 ** 20,
    };
  } finally {
    await pool.stop();
  }
}

async function main(): Promise<void> {
  const options = { rounds: { type: 'string', default: '3' }, photos: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values } = parseArgs({ options });
  if (values.help === true) return out(HELP);
  const rounds = Number(values.rounds);
  const folder = await mkdtemp(join(tmpdir(), 'plaza-bench-'));
  try {
    const names = (await readdir(PHOTOS)).filter((name) => name.endsWith('.jpg'));
    const demo = names.map((name) => join(PHOTOS, name));
    const enlarged = async (width: number, height: number): Promise<string> => {
      const path = join(folder, `${String(width)}.jpg`);
      const [first = ''] = demo;
      await writeFile(
        path,
        await sharp(await readFile(first))
          .resize(width, height, { fit: 'fill' })
          .jpeg({ quality: 90 })
          .toBuffer(),
      );
      return path;
    };
    const sets = [
      [`${String(demo.length)} of the demo, ≤ 1280 px`, demo],
      ['12 megapixels', [await enlarged(4_032, 3_024)]],
      ['48 megapixels', [await enlarged(8_064, 6_048 - 48)]],
    ] as const;
    out(`machine  ${machine()}`);
    out(`photos   each ${String(rounds)} times`);
    out();
    for (const [name, sources] of sets) {
      for (const [kind, format] of [
        ['PHOTO', 'WebP'],
        ['AVIF', 'AVIF'],
      ] as const) {
        for (const atOnce of new Set([1, availableParallelism()])) {
          const { perMinute, cpuMs, durations, bytes, highestMib } = await make(
            kind,
            sources,
            rounds * (sources.length > 1 ? 1 : 4),
            atOnce,
            folder,
          );
          const figures = [
            `${perMinute.toFixed(0).padStart(4)} a minute`,
            `${cpuMs.toFixed(0).padStart(5)} CPU-ms`,
            `${(bytes / 1e3).toFixed(0).padStart(5)} KB`,
            `${highestMib.toFixed(0).padStart(5)} MiB in all`,
            spread(durations),
          ];
          out(`${name.padEnd(26)} ${format}  ${String(atOnce)} at once  ${figures.join('  ')}`);
        }
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (values.photos !== true) {
    out();
    await import('./media-video.bench.js');
  }
}

await main();
