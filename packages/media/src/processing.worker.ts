/** The process in which originals are worked on; processing-pool.ts starts it and ends it. It has no network, no database and no secret. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { constants, getPriority, setPriority } from 'node:os';
import type { z } from 'zod';
import { avifMaker, photoMaker } from './photo-maker.js';
import type { MadeObject, Maker, ProcessingJob, ProcessingKind } from './processing.js';
import type { workerMessage } from './processing-messages.js';

const makers: Readonly<Record<ProcessingKind, Maker>> = {
  PHOTO: photoMaker,
  AVIF: avifMaker,
  // Most processes never see a video.
  VIDEO: async (job, report) => (await import('./video.js')).makeVideo(job, report),
};

// Whoever waits for an answer comes before whoever waits for a picture, whatever Plaza itself stands behind.
setPriority(Math.min(getPriority() + 10, constants.priority.PRIORITY_LOW));

const say = (message: z.input<typeof workerMessage>): void => void process.send?.(message);

/** Where exactly these objects lie: as addressOf in photo.ts, without holding them. */
async function addressOf(objects: readonly MadeObject[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, path } of objects) {
    hash.update(`${name} ${(await stat(path)).size}\n`);
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  }
  return hash.digest('hex');
}

async function work(job: ProcessingJob): Promise<void> {
  try {
    const made = await makers[job.kind](job, {
      progress: (percent) => say({ kind: 'progress', percent }),
      known: (known) => say({ kind: 'known', known }),
    });
    if (made.kind === 'rejected') say(made);
    else say({ ...made, variants: [...made.variants], objects: [...made.objects], address: await addressOf(made.objects) });
  } catch (error) {
    say({ kind: 'broken', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

process.on('message', (message) => void work(message as ProcessingJob)); // only who started this can speak to it, and starts are slow enough
// Whoever started this is gone: so is its group, with whatever was started here.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
say({ kind: 'ready' });
