import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assertions } from '@plaza/auth/assertion';
import { CallClient, type Ports } from '@plaza/calls/call-client';
import type { CallContract } from '@plaza/calls/call-contract';
import { type Database, openDatabase } from '@plaza/db/database';
import { freePorts } from '@plaza/subgraph/free-ports';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { z } from 'zod';
import { createDatabases } from './databases.js';
import { Guest, type Person, register } from './people.js';

/** What a way of running Plaza is given. */
export interface Ground {
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** The same, in hexadecimal digits. */
  readonly secretFile: string;
  readonly dataDir: string;
  /** Where the gateway is to listen, on 127.0.0.1. */
  readonly port: number;
  readonly publicUrl: string;
}

/** A Plaza that runs on it. */
export interface Running {
  readonly ports: Ports;
  /** Resolves when every event that was written before has taken effect at every subgraph that lives. */
  settled(): Promise<void>;
  /** Ends one subgraph as if it had died. */
  kill(name: SubgraphName): Promise<void>;
  /** Starts it again. */
  revive(name: SubgraphName): Promise<void>;
  stop(): Promise<void>;
}

/** A whole Plaza of one test file, on databases of its own. */
export interface World extends Running {
  /** http://127.0.0.1:<port>/graphql */
  readonly url: string;
  readonly ground: Ground;
  /** Somebody who has just registered; the handle begins with the name. */
  person(name: string): Promise<Person>;
  /** Several at once, in the order of their names. */
  people<const Names extends readonly string[]>(...names: Names): Promise<{ readonly [Key in keyof Names]: Person }>;
  /** Somebody without an account. */
  guest(): Guest;
  /** An internal call, as the gateway would make it; for whom is nobody unless a person's UUID is given. */
  ask<Input extends z.ZodType, Output extends z.ZodType>(
    contract: CallContract<Input, Output>,
    input: z.input<Input>,
    viewerId?: string,
  ): Promise<z.output<Output>>;
  /** A look into a subgraph's tables. */
  tables(name: SubgraphName): Database<null>;
}

/** Starts a Plaza the way that `run` says. `urls`: databases that are migrated and empty; fresh ones of the test run without it. */
export async function startWorld(run: (ground: Ground) => Promise<Running>, urls?: Readonly<Record<SubgraphName, string>>): Promise<World> {
  const fresh = urls === undefined ? await createDatabases() : null;
  const databaseUrls = urls ?? fresh?.urls;
  if (databaseUrls === undefined) throw new Error('no databases');
  const dataDir = await mkdtemp(join(tmpdir(), 'plaza-world-'));
  const secret = randomBytes(32);
  const secretFile = join(dataDir, 'internal-secret');
  await writeFile(secretFile, secret.toString('hex'), { mode: 0o600 });
  const [port = 0] = await freePorts(1);
  const ground: Ground = { databaseUrls, secret, secretFile, dataDir, port, publicUrl: `http://127.0.0.1:${port}` };
  const running = await run(ground);
  const url = `${ground.publicUrl}/graphql`;
  const calls = new CallClient('gateway', new Assertions(secret), running.ports);
  const opened = new Map<SubgraphName, Database<null>>();

  return {
    ...running,
    url,
    ground,
    person: (name) => register(url, name),
    people: async <const Names extends readonly string[]>(...names: Names) =>
      (await Promise.all(names.map((name) => register(url, name)))) as { readonly [Key in keyof Names]: Person },
    guest: () => new Guest(url),
    ask: (contract, input, viewerId) => {
      const viewer = viewerId === undefined ? null : { id: viewerId, sessionId: newId(), epoch: 0, scopes: [] };
      return calls.ask(contract, input, { viewer, requestId: newId() });
    },
    tables(name) {
      let database = opened.get(name);
      if (database === undefined) {
        database = openDatabase({
          url: databaseUrls[name],
          poolSize: 2,
          prisma: () => Object.assign(Object.create(null), { $disconnect: async () => {} }),
        });
        opened.set(name, database);
      }
      return database;
    },
    async stop() {
      await running.stop();
      await Promise.all([...opened.values()].map((database) => database.close()));
      await fresh?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
