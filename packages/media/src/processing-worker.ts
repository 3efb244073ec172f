/** The process in which originals are worked on; processing-pool.ts starts it and ends it. It has no network, no database and no secret. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setPriority } from 'node:os';
import type { z } from 'zod';
import { avifMaker, photoMaker } from './photo-maker.js';
import type { MadeObject, Maker, ProcessingKind } from './processing.js';
import { processingJob, type workerMessage } from './processing-messages.js';
import { makeVideo } from './video.js';

const makers: Readonly<Record<ProcessingKind, Maker>> = {
  PHOTO: photoMaker,
  AVIF: avifMaker,
  VIDEO: makeVideo,
};

// Whoever waits for an answer comes before whoever waits for a picture.
setPriority(10);

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

async function work(message: unknown): Promise<void> {
  try {
    const job = processingJob.parse(message);
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

process.on('message', (message) => void work(message));
// Whoever started this is gone: so is its group, with whatever was started here.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
say({ kind: 'ready' });
