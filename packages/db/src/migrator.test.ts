import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres, THROW_AWAY } from '@plaza/postgres/postgres';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { diff, migrate } from './migrator.js';

const SCHEMA = `datasource db {
  provider = "postgresql"
}
model Person {
  id     String @id @db.Uuid
  handle String @unique
}
`;

let home: string;
let postgres: Postgres;
let schemaPath: string;
let dir: string;
let url: string;
let count = 0;

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(dir, name), { recursive: true });
  await writeFile(join(dir, name, 'migration.sql'), sql);
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plaza-migrator-'));
  postgres = await startPostgres(home, { settings: THROW_AWAY });
});

afterAll(async () => {
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

beforeEach(async () => {
  const name = `case_${String(count++)}`;
  await postgres.createDatabases([name]);
  url = postgres.url(name);
  dir = join(home, name);
  schemaPath = join(dir, 'schema.prisma');
  await mkdir(dir);
  await writeFile(schemaPath, SCHEMA);
});

describe('migrations', () => {
  it('lead an empty database to the schema, once', async () => {
    await addMigration('20260101000000_first', await diff(url, schemaPath, dir));

    expect(await migrate(url, schemaPath, dir)).toEqual(['20260101000000_first']);
    expect(await migrate(url, schemaPath, dir)).toEqual([]);
    expect(await diff(url, schemaPath, dir)).toBe('');
    expect(await query(`SELECT * FROM "Person"`)).toEqual([]);
  });

  it('differ from a schema that has changed since, by the missing step only', async () => {
    await addMigration('20260101000000_first', await diff(url, schemaPath, dir));
    await writeFile(schemaPath, SCHEMA.replace('@unique', '@unique\n  bio String?'));

    expect(await diff(url, schemaPath, dir)).toContain('ALTER TABLE "Person" ADD COLUMN     "bio" TEXT');
  });

  it('may hold functions, whose bodies have semicolons of their own', async () => {
    await addMigration(
      '20260101000000_first',
      `CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$; -- done; really`,
    );
    await migrate(url, schemaPath, dir);

    expect(await query('SELECT two()')).toEqual([{ two: 2 }]);
  });

  it('leave no shadow database behind', async () => {
    await addMigration('20260101000000_first', await diff(url, schemaPath, dir));
    await diff(url, schemaPath, dir);

    expect(await query(`SELECT datname FROM pg_database WHERE datname LIKE 'shadow%'`)).toEqual([]);
  });

  it('are refused by name when one was edited after it was applied', async () => {
    await addMigration('20260101000000_first', await diff(url, schemaPath, dir));
    await migrate(url, schemaPath, dir);
    await addMigration('20260101000000_first', 'CREATE TABLE other ();');

    await expect(migrate(url, schemaPath, dir)).rejects.toThrow('20260101000000_first was edited after it was applied');
  });

  it('are refused by name after one failed, and a failed one leaves nothing behind', async () => {
    await addMigration('20260101000000_first', 'CREATE TABLE kept (); SELECT 1 / 0;');

    await expect(migrate(url, schemaPath, dir)).rejects.toThrow('20260101000000_first');
    await expect(migrate(url, schemaPath, dir)).rejects.toThrow('20260101000000_first failed and was not finished');
    expect(await query(`SELECT 1 FROM pg_tables WHERE tablename = 'kept'`)).toEqual([]);
  });

  it('are done anew after their process was killed in the middle of one', async () => {
    await addMigration('20260101000000_first', await diff(url, schemaPath, dir));
    await migrate(url, schemaPath, dir);
    await query(`DROP TABLE "Person"; UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0`);

    expect(await migrate(url, schemaPath, dir)).toEqual(['20260101000000_first']);
    expect(await query(`SELECT * FROM "Person"`)).toEqual([]);
    expect(await migrate(url, schemaPath, dir)).toEqual([]);
  });

  it('are refused when the database has one that this version does not know', async () => {
    await addMigration('20260101000000_first', await diff(url, schemaPath, dir));
    await addMigration('20260102000000_second', 'CREATE TABLE newer (id int primary key);');
    await migrate(url, schemaPath, dir);
    await rm(join(dir, '20260102000000_second'), { recursive: true });

    await expect(migrate(url, schemaPath, dir)).rejects.toThrow('20260102000000_second was applied by a newer version');
  });
});
