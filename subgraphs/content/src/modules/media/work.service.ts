import { readFile } from 'node:fs/promises';
import type { Clock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import { Signal } from '@plaza/kernel/signal';
import type { LiveBus } from '@plaza/live/live-bus';
import type { Objects } from '@plaza/media/objects';
import type { MadeObject, ProcessingKind } from '@plaza/media/processing';
import type { Outcome, ProcessingPool } from '@plaza/media/processing-pool';
import type { Logger } from '@plaza/telemetry/logger';
import { mediaChannel } from './media-channel.js';
import type { UploadFiles } from './upload-files.js';
import type { Check, ClaimedJob, WorkStore } from './work.store.js';

export interface WorkParts {
  readonly store: WorkStore;
  readonly files: UploadFiles;
  readonly objects: Objects;
  /** One for each kind: a video of minutes holds up no photo. */
  readonly pools: Readonly<Record<ProcessingKind, { readonly pool: ProcessingPool; readonly size: number }>>;
  readonly bus: LiveBus;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A claim is good for so long without a word; a process that was killed is missed after it. */
const CLAIM_MS = 8_000;
const RENEW_MS = 2_000;
/** Whoever dies over a job leaves it to the next, so many times. */
const ATTEMPTS = 3;
const RETRY_MS = 2_000;
/** Work that others left, or brought in another process, is found after this. */
const LOOK_MS = 4_000;
const TELL_MS = 500;

/** Works through the queue: a lane for each kind, each with so many at once. */
export class WorkService {
  readonly #parts: WorkParts;
  readonly #signals: Readonly<Record<ProcessingKind, readonly Signal[]>>;
  readonly #running: Promise<void>[];
  #isStopped = false;

  constructor(parts: WorkParts) {
    this.#parts = parts;
    const signals = (kind: ProcessingKind): readonly Signal[] => Array.from({ length: parts.pools[kind].size }, () => new Signal());
    this.#signals = { PHOTO: signals('PHOTO'), AVIF: signals('AVIF'), VIDEO: signals('VIDEO') };
    this.#running = Object.entries(this.#signals).flatMap(([kind, own]) => own.map((signal) => this.#run(kind as ProcessingKind, signal))); // the keys of the object above
  }

  /** There is work. */
  wake(kind: ProcessingKind): void {
    for (const signal of this.#signals[kind]) signal.raise();
  }

  /** Gives back what is being worked on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const kind of ['PHOTO', 'AVIF', 'VIDEO'] as const) this.wake(kind);
    await Promise.all(Object.values(this.#parts.pools).map(({ pool }) => pool.stop()));
    await Promise.all(this.#running);
  }

  async #run(kind: ProcessingKind, signal: Signal): Promise<void> {
    const { store, clock, logger } = this.#parts;
    while (!this.#isStopped) {
      let job: ClaimedJob | null = null;
      try {
        const now = clock.now();
        job = await store.claim(kind, newId(), now, new Date(now.getTime() + CLAIM_MS));
        if (job !== null) await this.#do(job);
      } catch (error) {
        // The claim runs out by itself.
        logger.warn({ err: error, mediaId: job?.mediaId, kind }, 'work on a media was broken off');
      }
      if (job === null && !this.#isStopped) await signal.wait(LOOK_MS);
    }
  }

  async #do(job: ClaimedJob): Promise<void> {
    const { store, files, pools, clock } = this.#parts;
    this.#tell(job);
    const soon = (ms: number): Date => new Date(clock.now().getTime() + ms);
    const renewing = setInterval(() => void store.renew(job, soon(CLAIM_MS)).catch(() => undefined), RENEW_MS);
    try {
      // What is told on the way is told in its order, and before the end.
      let telling = Promise.resolve();
      const tell = (work: () => Promise<void>): void => {
        telling = telling.then(work).then(
          () => this.#tell(job),
          () => undefined,
        );
      };
      let toldAt = 0;
      const report = {
        known: (known: Parameters<WorkStore['known']>[1]) => {
          if (job.kind !== 'AVIF') tell(() => store.known(job, known));
        },
        progress: (percent: number) => {
          if (performance.now() - toldAt < TELL_MS) return;
          toldAt = performance.now();
          tell(() => store.progress(job, Math.max(0, Math.min(100, Math.round(percent)))));
        },
      };
      const { kind, edits, mediaId } = job;
      await pools[kind].pool.run({ kind, edits, source: files.path(mediaId) }, report, async (outcome) => {
        await telling;
        await this.#settle(job, outcome);
      });
    } finally {
      clearInterval(renewing);
    }
    this.#tell(job);
    if (!(await store.isOpen(job.mediaId))) await files.remove(job.mediaId);
  }

  async #settle(job: ClaimedJob, outcome: Outcome): Promise<void> {
    const { store, clock, logger } = this.#parts;
    const { mediaId, kind } = job;
    switch (outcome.kind) {
      case 'made':
        if (kind === 'AVIF') await store.avif(job, (address, stillHolds) => this.#put(address, outcome.objects, stillHolds));
        else if (await store.ready(job, outcome, clock.now(), (stillHolds) => this.#put(outcome.address, outcome.objects, stillHolds)))
          this.wake('AVIF');
        return;
      case 'rejected':
        logger.info({ mediaId, kind, code: outcome.code }, 'a media was rejected');
        await store.failed(job, outcome.code, clock.now());
        return;
      case 'broken':
        if (this.#isStopped) await store.release(job, null, true);
        else if (job.attempts < ATTEMPTS) {
          logger.warn({ mediaId, kind, reason: outcome.reason }, 'work on a media broke and is done again');
          await store.release(job, new Date(clock.now().getTime() + RETRY_MS * job.attempts), false);
        } else {
          logger.error({ mediaId, kind, reason: outcome.reason }, 'work on a media broke too often');
          await store.failed(job, 'PROCESSING_FAILED', clock.now());
        }
    }
  }

  async #put(address: string, made: readonly MadeObject[], stillHolds: Check): Promise<void> {
    for (const { name, path } of made) {
      await stillHolds();
      await this.#parts.objects.put(`${address}/${name}`, await readFile(path));
    }
  }

  #tell({ mediaId }: ClaimedJob): void {
    this.#parts.bus.publish(mediaChannel(mediaId), '');
  }
}
