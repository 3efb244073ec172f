/** `node --import tsx bench/media-video.bench.ts`: see HELP. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { usageOf } from '@plaza/media/process-usage';
import { NO_EDITS } from '@plaza/media/processing';
import { transcode } from '@plaza/media/video';
import { videoTools } from '@plaza/media/video-tools';
import { machine } from './measure/machine.js';

const HELP = `Usage: npm run bench:media -- [--rounds 3]

Makes videos as a worker does: probe, poster, every rendition, playlists. The sample (5.3 s, 1280 × 720, with sound), and four
times as long of it as a portrait from a phone, in 1080p at 60 frames a second and in 4K. Printed: seconds of video for a second of CPU, of every
process together, and for a second on the clock; the highest memory; the bytes of all renditions beside those that came in.

  --rounds  how often each, the median counts (3)
`;

const SAMPLE = fileURLToPath(new URL('../e2e/media/files/bigbuckbunny.mp4', import.meta.url));
const LOOK_MS = 50;

const out = (line = ''): void => void process.stdout.write(`${line}\n`);
const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
const tools = videoTools();

interface Round {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly memoryMib: number;
  readonly renditions: string;
  readonly bytes: number;
}

async function round(source: string): Promise<Round> {
  const folder = await mkdtemp(join(tmpdir(), 'plaza-bench-'));
  const before = await usageOf(process.pid);
  let highest = 0;
  const looking = setInterval(
    () => void usageOf(process.pid).then(({ memoryBytes }) => (highest = Math.max(highest, memoryBytes))),
    LOOK_MS,
  );
  const began = performance.now();
  try {
    const made = await transcode(
      { kind: 'VIDEO', edits: NO_EDITS, source, folder },
      { progress: () => undefined, known: () => undefined },
      tools,
    );
    if (made.kind === 'rejected') throw new Error(`the sample was rejected: ${made.reason}`);
    const wallSeconds = (performance.now() - began) / 1000;
    const after = await usageOf(process.pid);
    const sizes = await Promise.all(made.objects.map(async ({ path }) => (await stat(path)).size));
    const names = new Set(made.objects.flatMap(({ name }) => /^hls\/(\d+p)\//u.exec(name)?.[1] ?? []));
    return {
      seconds: (made.durationMs ?? 0) / 1000,
      cpuSeconds: (after.cpuMs - before.cpuMs) / 1000,
      wallSeconds,
      memoryMib: (highest - before.memoryBytes) / 2 ** 20,
      renditions: [...names].join(' '),
      bytes: sizes.reduce((sum, size) => sum + size, 0),
    };
  } finally {
    clearInterval(looking);
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '3' }, photos: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return out(HELP);
  const rounds = Number(values.rounds);
  const folder = await mkdtemp(join(tmpdir(), 'plaza-bench-sources-'));
  const longer = async (name: string, filter: string): Promise<string> => {
    const path = join(folder, `${name}.mp4`);
    const video = ['-vf', filter, '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20', '-c:a', 'copy'];
    await promisify(execFile)(tools.ffmpeg, ['-v', 'error', '-stream_loop', '3', '-i', SAMPLE, ...video, path]);
    return path;
  };
  try {
    const version = (await promisify(execFile)(tools.ffmpeg, ['-version'])).stdout.split('\n')[0] ?? '';
    out(`machine  ${machine()}`);
    out(`ffmpeg   ${version.replace(/ Copyright.*/u, '')}`);
    out('dataset  Big Buck Bunny, 5.3 s, 1280 × 720, 25 frames a second, AAC 5.1; longer ones are loops of it');
    out();
    out('source                   video s   CPU s   video s per CPU s   per clock s   highest MiB   out MB / in MB   renditions');
    const sources = [
      ['720p, the sample', SAMPLE],
      ['720 × 1280, a phone', await longer('phone', 'transpose=1')],
      ['1080p, 60 a second', await longer('1080', 'scale=1920:1080,fps=60')],
      ['2160p', await longer('2160', 'scale=3840:2160')],
    ] as const;
    for (const [name, source] of sources) {
      const all: Round[] = [];
      for (let at = 0; at < rounds; at += 1) all.push(await round(source));
      const of = (read: (one: Round) => number): number => median(all.map(read));
      const [seconds, cpu] = [of((one) => one.seconds), of((one) => one.cpuSeconds)];
      const cells = [
        name.padEnd(22),
        seconds.toFixed(1).padStart(9),
        cpu.toFixed(1).padStart(7),
        (seconds / cpu).toFixed(2).padStart(19),
        (seconds / of((one) => one.wallSeconds)).toFixed(2).padStart(13),
        of((one) => one.memoryMib)
          .toFixed(0)
          .padStart(13),
        `${(of((one) => one.bytes) / 1e6).toFixed(1)} / ${((await stat(source)).size / 1e6).toFixed(1)}`.padStart(16),
        `  ${all[0]?.renditions ?? ''}`,
      ];
      out(cells.join(' '));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
