import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAccounts } from '@plaza/accounts/server';
import { Assertions } from '@plaza/auth/assertion';
import { CallClient } from '@plaza/calls/call-client';
import type { CallContract } from '@plaza/calls/call-contract';
import { startCommerce } from '@plaza/commerce/server';
import { startContent } from '@plaza/content/server';
import { type DatabaseUrls, openDatabases } from '@plaza/embedded/databases';
import { newId } from '@plaza/kernel/id';
import { freePorts } from '@plaza/subgraph/free-ports';
import { startPostgres, THROW_AWAY } from '@plaza/postgres/postgres';
import type { Progress } from '@plaza/telemetry/progress';
import { readFeedConfig } from '@plaza/feed/config';
import { startFeed } from '@plaza/feed/server';
import { DEFAULT_LIMITS } from '@plaza/gateway/limits/limits';
import { startGateway } from '@plaza/gateway/server';
import { startMessaging } from '@plaza/messaging/server';
import { startSocial } from '@plaza/social/server';
import { inProcess, type Rooms } from '@plaza/testing/run-in-process';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { isLoaded, loadDataset, markLoaded } from './dataset/dataset.js';
import { idOf } from './dataset/ids.js';
import type { z } from 'zod';
import type { Size } from './options.js';

const TOKEN_SECONDS = 3_600;
const NO_RATE = { requests: 0, seconds: 60 };

/** A whole Plaza in this process over the dataset, behind its real gateway on a real socket. */
export interface BenchPlaza {
  /** http://127.0.0.1:<port>/graphql */
  readonly url: string;
  readonly dataDir: string;
  readonly databases: DatabaseUrls;
  /** The cluster's own database: extensions, settings. */
  readonly adminUrl: string;
  /** An access token of the n-th person. */
  token(n: number): Promise<string>;
  /** An internal call without arguments that operators make. */
  operates<Output extends z.ZodType>(contract: CallContract<z.ZodObject, Output>): Promise<z.output<Output>>;
  /** Every event that was written has taken effect. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** What a benchmark changes in the dataset, once, in a folder of its own. */
export interface Alteration {
  /** Of the folder. Another name makes another one. */
  readonly name: string;
  alter(databases: DatabaseUrls): Promise<void>;
}

/** Starts PostgreSQL in the folder of this size (made and filled at the first run), then everything else. */
export async function startBenchPlaza(size: Size, progress: Progress, alteration?: Alteration): Promise<BenchPlaza> {
  const dataDir = fileURLToPath(
    new URL(
      `.plaza/${alteration === undefined ? '' : `${alteration.name}-`}${size.isWide ? 'wide-' : ''}scale-${size.scale}`,
      import.meta.url,
    ),
  );
  if (!(await isLoaded(dataDir, size))) await make(dataDir, size, progress, alteration);
  const postgres = await startPostgres(dataDir, { progress, settings: { shared_preload_libraries: 'pg_stat_statements' } });
  try {
    const databases = await openDatabases(postgres, progress);
    const running = await progress('Starting Plaza', async () => run(dataDir, databases, size));
    return {
      ...running,
      dataDir,
      databases,
      adminUrl: postgres.url('postgres'),
      async stop() {
        await running.stop();
        await postgres.stop();
      },
    };
  } catch (cause) {
    await postgres.stop();
    throw cause;
  }
}

/** The cluster and all that is in it, without a thought of what a crash would do: then it would be made again. */
async function make(dataDir: string, size: Size, progress: Progress, alteration: Alteration | undefined): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const postgres = await startPostgres(dataDir, { progress, settings: { ...THROW_AWAY, autovacuum: 'off', max_wal_size: '8GB' } });
  try {
    const databases = await openDatabases(postgres, progress);
    await loadDataset(databases, size, progress);
    if (alteration !== undefined) await progress(`Altering it for ${alteration.name}`, () => alteration.alter(databases));
  } finally {
    await postgres.stop();
  }
  await markLoaded(dataDir, size);
}

async function run(
  dataDir: string,
  databaseUrls: DatabaseUrls,
  size: Size,
): Promise<Pick<BenchPlaza, 'url' | 'token' | 'operates' | 'settled' | 'stop'>> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const key: JWK = { ...(await exportJWK(privateKey)), kid: 'bench', alg: 'EdDSA' };
  const rooms: Rooms = {
    subgraphs: {
      accounts: async (host) => startAccounts(host, { signingKeys: [key] }),
      social: startSocial,
      content: startContent,
      commerce: startCommerce,
      messaging: startMessaging,
      feed: async (host) => startFeed(host, { ...readFeedConfig(process.env), pushMaxFollowers: size.pushMaxFollowers }),
    },
    gateway: async (options) =>
      startGateway({
        ...options,
        profile: 'demo',
        limits: {
          ...DEFAULT_LIMITS,
          rate: { address: NO_RATE, account: NO_RATE },
          sockets: { ...DEFAULT_LIMITS.sockets, perAddress: 0, perAccount: 0 },
        },
      }),
  };
  const secret = randomBytes(32);
  const secretFile = join(dataDir, 'internal-secret');
  await writeFile(secretFile, secret.toString('hex'), { mode: 0o600 });
  const [port = 0] = await freePorts(1);
  const publicUrl = `http://127.0.0.1:${port}`;
  const running = await inProcess(rooms)({ databaseUrls, secret, secretFile, dataDir, port, publicUrl });
  return {
    url: `${publicUrl}/graphql`,
    operates: (contract) =>
      new CallClient('gateway', new Assertions(secret), running.ports).ask(contract, {}, { viewer: null, requestId: newId() }),
    settled: () => running.settled(),
    stop: () => running.stop(),
    token: async (n) =>
      new SignJWT({ sid: randomUUID(), scope: 'full', client_id: 'plaza' })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'bench' })
        .setIssuer('plaza')
        .setAudience('plaza')
        .setSubject(idOf('user', n))
        .setIssuedAt()
        .setExpirationTime(`${TOKEN_SECONDS} s`)
        .sign(privateKey),
  };
}
