import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { answering, daemonPid, startDaemon, stopDaemon } from './daemon.js';
import { type Engine, type Place } from './engine.js';
import { madeOnce, need, run } from './tools.js';

/** Go names a version without a tag by its time and commit. */
const VERSION = 'v0.0.0-20260212201848-7aac2a2c5b7c';
const USER = 'plaza';

/** MinIO, built once by Go (about two minutes). */
export const minio: Engine = {
  name: 'minio',
  portCount: 1,

  async install({ folder }, at) {
    await madeOnce(folder, async (draft) => {
      await need('minio', ['go'], 'Install Go 1.24 or newer.');
      at('built by go, about two minutes');
      await run('go', ['install', `github.com/minio/minio@${VERSION}`], { env: { GOBIN: draft, GOFLAGS: '' } });
    });
  },

  async start(place) {
    const { folder, password } = place;
    await mkdir(join(folder, 'data'), { recursive: true, mode: 0o700 });
    await startDaemon(folder, {
      command: join(folder, 'program', 'minio'),
      args: ['server', join(folder, 'data'), '--quiet', '--address', addressOf(place)],
      // No update check, no report of calls, no console: it talks to nobody but those who ask it.
      env: {
        MINIO_ROOT_USER: USER,
        MINIO_ROOT_PASSWORD: password,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
        MINIO_CALLHOME_ENABLE: 'off',
      },
    });
    await answering(folder, async () => (await fetch(`http://${addressOf(place)}/minio/health/ready`)).ok, 60_000);
  },

  stop: async ({ folder }) => stopDaemon(folder, 10_000),
  isRunning: async ({ folder }) => (await daemonPid(folder)) !== undefined,
  version: async () => `MinIO of ${VERSION.slice(7, 11)}-${VERSION.slice(11, 13)}-${VERSION.slice(13, 15)}`,
  variables: (place) => ({
    S3_ENDPOINT: `http://${addressOf(place)}`,
    S3_ACCESS_KEY: USER,
    S3_SECRET_KEY: place.password,
    S3_BUCKET: 'plaza',
  }),
};

const addressOf = ({ ports }: Place): string => `127.0.0.1:${String(ports[0])}`;
