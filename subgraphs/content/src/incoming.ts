import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '@plaza/db/database';
import { every } from '@plaza/kernel/every';
import type { Objects } from '@plaza/media/objects';
import { ProcessingPool } from '@plaza/media/processing-pool';
import type { PrismaClient } from '@plaza/prisma/content';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import type { Router } from 'express';
import type { ContentConfig } from './config.js';
import { SweepService } from './modules/media/sweep.service.js';
import { SweepStore } from './modules/media/sweep.store.js';
import { UploadFiles } from './modules/media/upload-files.js';
import { uploadRoutes } from './modules/media/upload.routes.js';
import { UploadService } from './modules/media/upload.service.js';
import { UploadStore } from './modules/media/upload.store.js';
import { WorkService } from './modules/media/work.service.js';
import { WorkStore } from './modules/media/work.store.js';

/** Where the host serves the uploads' routes: packages/subgraph. */
export const UPLOADS_PATH = '/content/uploads';
const SWEEP_EVERY_MS = 60 * 60_000;

export interface IncomingParts {
  readonly host: SubgraphHost;
  readonly database: Database<PrismaClient>;
  readonly config: ContentConfig;
  readonly objects: Objects;
}

/** Media on the way in: from the first byte to the last variant, and what clears up after them. */
export interface Incoming {
  readonly uploads: UploadService;
  readonly routes: Router;
  stop(): Promise<void>;
}

export async function startIncoming({ host, database, config, objects }: IncomingParts): Promise<Incoming> {
  const { bus, clock, logger } = host;
  // Beside the objects, whose folders never begin with a dot.
  const [uploadsFolder, workFolder] = [join(host.dataDir, 'media', '.uploads'), join(host.dataDir, 'media', '.work')];
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  const files = new UploadFiles(uploadsFolder);
  const uploadStore = new UploadStore(database);
  const pool = (size: number) => ({ size, pool: new ProcessingPool({ size, folder: workFolder }) });
  const pools = { PHOTO: pool(config.photosAtOnce), AVIF: pool(1), VIDEO: pool(1) };
  const work = new WorkService({ store: new WorkStore(database), files, objects, pools, bus, clock, logger });
  const uploads = new UploadService({
    calls: host.calls,
    database,
    store: uploadStore,
    files,
    quotas: config.quota,
    bus,
    clock,
    onQueued: (kind) => work.wake(kind),
  });
  const sweep = new SweepService({ store: new SweepStore(database), uploadStore, uploads, files, objects, clock });
  const onError = (error: unknown): void => logger.warn({ err: error }, 'media could not be swept');
  const first = sweep.sweep().catch(onError);
  const sweeping = every(SWEEP_EVERY_MS, () => sweep.sweep(), onError);
  return {
    uploads,
    routes: uploadRoutes({ uploads, files, assertions: host.assertions, path: UPLOADS_PATH }),
    async stop() {
      await Promise.all([first, sweeping.stop(), work.stop()]);
    },
  };
}
