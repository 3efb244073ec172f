import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, openDatabase } from '@plaza/db/database';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';

/** The databases of a Plaza, read from beside it. */
export class Books {
  readonly #databases: ReadonlyMap<SubgraphName, Database<unknown>>;

  private constructor(databases: ReadonlyMap<SubgraphName, Database<unknown>>) {
    this.#databases = databases;
  }

  /** @throws Error where its PostgreSQL does not run */
  static async of(folder: string): Promise<Books> {
    const socket = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[4] ?? '';
    const open = (name: SubgraphName): Database<unknown> =>
      openDatabase({
        url: `postgresql://plaza@${encodeURIComponent(socket)}/plaza_${name}`,
        poolSize: 2,
        prisma: () => ({ $disconnect: async () => {} }),
      });
    return new Books(new Map(SUBGRAPH_NAMES.map((name) => [name, open(name)])));
  }

  at(name: SubgraphName): Database<unknown> {
    const database = this.#databases.get(name);
    if (database === undefined) throw new Error(`no database of ${name}`);
    return database;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#databases.values()].map(async (database) => database.close()));
  }
}
