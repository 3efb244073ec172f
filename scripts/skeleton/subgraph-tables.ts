/** The tables that every subgraph has; taken from one that is there, so that there is no second copy to forget. */
const TABLES = ['outbox', 'outbox_default', 'outbox_position', 'inbox'];
const FIRST_SHARED_MODEL = '/// Facts of this subgraph';

/** A Prisma schema for `name` with the models that `model` (another subgraph's schema) has for its events. */
export function sharedSchema(name: string, model: string): string {
  const from = model.indexOf(FIRST_SHARED_MODEL);
  if (from < 0) throw new Error(`the schema to copy from has no "${FIRST_SHARED_MODEL}"`);
  return `generator client {
  provider            = "prisma-client"
  output              = "../generated/${name}"
  runtime             = "nodejs"
  moduleFormat        = "esm"
  importFileExtension = "js"
}

datasource db {
  provider = "postgresql"
}

${model.slice(from).trim()}
`;
}

/** The statements of another subgraph's first migration that make those tables and their indexes. */
export function sharedMigration(migration: string): string {
  const statements = migration
    .split(/;\s*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => TABLES.includes(/(?:CREATE TABLE|\bON|ALTER TABLE) "(\w+)"/.exec(statement)?.[1] ?? ''));
  if (statements.length < TABLES.length) throw new Error('the migration to copy from does not make the tables of events');
  return `${statements.join(';\n\n')};\n`;
}
