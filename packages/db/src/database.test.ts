import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isBusy } from './busy.js';
import { type Database, openDatabase } from './database.js';
import { byKey, byOwner } from './loaders.js';
import { type SqlText, sqlText } from './sql.js';
import { countingStatements } from './statements.js';

let databases: TestDatabases<'commerce'>;
let database: Database<unknown>;
let errors: Error[];

beforeAll(async () => {
  databases = await createDatabases(['commerce']);
  database = openDatabase({
    url: databases.urls.commerce,
    prisma: () => ({ $disconnect: async () => {} }),
    onError: (error) => errors.push(error),
  });
  await database.sql`CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL)`;
});

beforeEach(async () => {
  errors = [];
  await database.sql`TRUNCATE account`;
  await database.sql`INSERT INTO account VALUES (1, 10), (2, 9007199254740991)`;
});

afterAll(async () => {
  await database.close();
  await databases.drop();
});

const balance = async (id: number): Promise<unknown> =>
  (await database.sql<{ balance: number }>`SELECT balance FROM account WHERE id = ${id}`)[0]?.balance;

describe('a database that has no time', () => {
  const open = (more: { readonly connectMs?: number; readonly statementMs?: number }) =>
    openDatabase({ url: databases.urls.commerce, poolSize: 1, prisma: () => ({ $disconnect: async () => {} }), ...more });
  /** The connections that it has stand: how long that takes on a busy machine is not what is tried. */
  const stands = async (small: Database<unknown>): Promise<void> =>
    vi.waitFor(
      async () => {
        await small.sql`SELECT 1`;
        expect(await small.ready()).toBe(true);
      },
      { timeout: 50_000 },
    );
  const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => null).catch((error: unknown) => error);

  it('says so where no connection becomes free, and serves again when one does', async () => {
    const small = open({ connectMs: 50 });
    await stands(small);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let taken: () => void = () => undefined;
    const isTaken = new Promise<void>((resolve) => {
      taken = resolve;
    });
    const holding = small.transaction(async () => {
      taken();
      await released;
    });
    await isTaken;
    expect(isBusy(await failure(small.sql`SELECT 1`))).toBe(true);
    expect(isBusy(await failure(small.transaction(async ({ sql }) => sql`SELECT 1`)))).toBe(true);
    release();
    await holding;
    expect(await small.sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    await small.close();
  });

  it('is ready all the same: it is there, and it is the others who wait', async () => {
    const full = open({ connectMs: 100 });
    await stands(full);
    await full.transaction(async () => {
      expect(isBusy(await failure(full.sql`SELECT 1`))).toBe(true);
      expect(await full.ready()).toBe(true);
    });
    await full.close();
    expect(await full.ready()).toBe(false);
  });

  it('ends a statement that takes too long', async () => {
    const impatient = open({ statementMs: 50 });
    expect(isBusy(await failure(impatient.sql`SELECT pg_sleep(30)`))).toBe(true);
    expect(await impatient.sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    await impatient.close();
  });
});

describe('SQL', () => {
  it('binds what stands in its holes', async () => {
    const evil = `'; DROP TABLE account; --`;
    expect(await database.sql`SELECT ${evil}::text AS text, ${[1, 2]}::int[] AS list`).toEqual([{ text: evil, list: [1, 2] }]);
  });

  it('shares pieces of text between statements, each as it is at the time', async () => {
    const read = async (columns: SqlText, id: number) => database.sql`SELECT ${columns} FROM account WHERE id = ${id}`;
    expect(await read(sqlText`id, balance`, 1)).toEqual([{ id: 1, balance: 10 }]);
    expect(await read(sqlText`balance`, 1)).toEqual([{ balance: 10 }]);
  });

  it('gives counts as numbers', async () => {
    expect(await balance(2)).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('a transaction', () => {
  it('happens as a whole or not at all', async () => {
    const work = database.transaction(async (tx) => {
      await tx.sql`UPDATE account SET balance = 0 WHERE id = 1`;
      throw new Error('changed my mind');
    });

    await expect(work).rejects.toThrow('changed my mind');
    expect(await balance(1)).toBe(10);
  });

  it('tells whoever waits for its end, and only when it came to a good one', async () => {
    const told: string[] = [];
    await database.transaction(async (tx) => tx.afterCommit(() => told.push('good')));
    await database
      .transaction(async (tx) => {
        tx.afterCommit(() => told.push('bad'));
        throw new Error('no');
      })
      .catch(() => {});

    expect(told).toEqual(['good']);
  });

  it('is not taken for done when one of its statements had failed', async () => {
    const work = database.transaction(async (tx) => {
      await tx.sql`UPDATE account SET balance = 0 WHERE id = 1`;
      await tx.sql`SELECT 1 / 0`.catch(() => {});
    });

    await expect(work).rejects.toThrow('undone');
    expect(await balance(1)).toBe(10);
  });

  it('is done again when two stood in each other’s way', async () => {
    let tries = 0;
    const transfer = (from: number, to: number): Promise<void> =>
      database.transaction(async (tx) => {
        tries += 1;
        await tx.sql`UPDATE account SET balance = balance - 1 WHERE id = ${from}`;
        await tx.sql`SELECT pg_sleep(0.1)`;
        await tx.sql`UPDATE account SET balance = balance + 1 WHERE id = ${to}`;
      });
    await Promise.all([transfer(1, 2), transfer(2, 1)]);

    expect(tries).toBe(3);
    expect(await balance(1)).toBe(10);
  });

  it('leaves no broken connection behind', async () => {
    await expect(database.transaction((tx) => tx.sql`SELECT pg_terminate_backend(pg_backend_pid())`)).rejects.toThrow();

    expect(await balance(1)).toBe(10);
  });
});

it('counts the statements of a piece of work, and of no other', async () => {
  const [two, one] = await Promise.all([
    countingStatements(async () => {
      await balance(1);
      await database.sql`SELECT 1`;
    }),
    countingStatements(() => balance(1)),
  ]);

  expect([two.statements, one.statements]).toEqual([2, 1]);
});

describe('a loader', () => {
  it('reads all keys of a moment at once, in their order, null for what is missing', async () => {
    const reads: (readonly string[])[] = [];
    const loader = byKey(
      async (keys: readonly string[]) => {
        reads.push(keys);
        return [{ id: 'b' }, { id: 'a' }];
      },
      ({ id }) => id,
    );

    expect(await Promise.all(['a', 'x', 'b', 'a'].map((key) => loader.load(key)))).toEqual([{ id: 'a' }, null, { id: 'b' }, { id: 'a' }]);
    expect(reads).toEqual([['a', 'x', 'b']]);
  });

  it('of lists keeps the store’s order', async () => {
    const rows = [
      { owner: 'a', n: 2 },
      { owner: 'b', n: 3 },
      { owner: 'a', n: 1 },
    ];
    const loader = byOwner(
      async () => rows,
      ({ owner }) => owner,
    );

    expect(await Promise.all(['a', 'b', 'c'].map((key) => loader.load(key)))).toEqual([[rows[0], rows[2]], [rows[1]], []]);
  });
});
