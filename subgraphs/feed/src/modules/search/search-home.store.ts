import type { Database } from '@plaza/db/database';

/** Who builds is taken for gone when nothing was heard of it for so long. */
const PATIENCE = '1 minute';

/** Which index was fed with all that happened, and who is building one, in whatever process. */
export class SearchHomeStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async isHome(identity: string): Promise<boolean> {
    const rows = await this.#database.sql`SELECT 1 FROM search_home WHERE identity = ${identity}`;
    return rows.length > 0;
  }

  /** Takes on a build, with `unlessBusy` only where nobody is at one; whether it is theirs now. */
  async claim(builder: string, unlessBusy: boolean): Promise<boolean> {
    const rows = await this.#database.sql`
      UPDATE search_home SET builder = ${builder}::uuid, built_until = now() + ${PATIENCE}::interval
      WHERE NOT ${unlessBusy}::boolean OR built_until IS NULL OR built_until < now() RETURNING 1`;
    return rows.length > 0;
  }

  /** Says that the build goes on; false when somebody else has taken it on. */
  async hold(builder: string): Promise<boolean> {
    const rows = await this.#database.sql`
      UPDATE search_home SET built_until = now() + ${PATIENCE}::interval WHERE builder = ${builder}::uuid RETURNING 1`;
    return rows.length > 0;
  }

  /** The build has come to nothing. */
  async release(builder: string): Promise<void> {
    await this.#database.sql`UPDATE search_home SET builder = NULL, built_until = NULL WHERE builder = ${builder}::uuid`;
  }

  /** The build has ended, and from now on this index is the right one. */
  async settle(builder: string, identity: string): Promise<void> {
    await this.#database.sql`
      UPDATE search_home SET identity = ${identity}, builder = NULL, built_until = NULL WHERE builder = ${builder}::uuid`;
  }
}
