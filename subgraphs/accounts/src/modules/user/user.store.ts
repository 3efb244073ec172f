import type { Database, Tx } from '@plaza/db/database';
import { TogetherReader } from '@plaza/kernel/together-reader';
import type { AuthorState } from '@plaza/visibility/can-see';

/** What others may see of a person, and their state. */
export interface UserRow {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly bio: string | null;
  readonly avatarId: string | null;
  readonly isLocked: boolean;
  readonly isDiscoverable: boolean;
  readonly state: AuthorState;
  readonly createdAt: Date;
}

export interface ProfileFieldRow {
  readonly userId: string;
  readonly name: string;
  readonly value: string;
  readonly verifiedAt: Date | null;
}

export interface NewUser {
  readonly id: string;
  readonly handle: string;
  readonly email: string;
  readonly displayName: string;
  readonly createdAt: Date;
}

/** What a profile is to become. */
export interface Profile {
  readonly displayName: string;
  readonly bio: string | null;
  readonly avatarId: string | null;
  readonly isLocked: boolean;
  readonly isDiscoverable: boolean;
}

/** Which of a new account's two names somebody has. */
export type Taken = 'handle' | 'email';

export class UserStore {
  readonly #database: Database<unknown>;
  /** An event that reaches many names the same few people to all of them. */
  readonly #people = new TogetherReader<string, UserRow | null>({ keyOf: (id) => id, read: (ids) => this.#read(ids) });

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byIds(ids: readonly string[]): Promise<readonly UserRow[]> {
    return (await this.#people.askAll(ids)).filter((user) => user !== null);
  }

  async #read(ids: readonly string[]): Promise<readonly (UserRow | null)[]> {
    const rows = await this.#database.sql<UserRow>`
      SELECT id, handle, display_name AS "displayName", bio, avatar_id AS "avatarId", is_locked AS "isLocked", is_discoverable AS "isDiscoverable", state, created_at AS "createdAt"
      FROM users WHERE id = ANY(${ids}::uuid[])`;
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  }

  byHandles(handles: readonly string[]): Promise<readonly UserRow[]> {
    return this.#database.sql<UserRow>`
      SELECT id, handle, display_name AS "displayName", bio, avatar_id AS "avatarId", is_locked AS "isLocked", is_discoverable AS "isDiscoverable", state, created_at AS "createdAt"
      FROM users WHERE handle = ANY(${handles}::text[])`;
  }

  fieldsOf(userIds: readonly string[]): Promise<readonly ProfileFieldRow[]> {
    return this.#database.sql<ProfileFieldRow>`
      SELECT user_id AS "userId", name, value, verified_at AS "verifiedAt"
      FROM profile_field WHERE user_id = ANY(${userIds}::uuid[]) ORDER BY user_id, position`;
  }

  async taken(handle: string, email: string): Promise<Taken | null> {
    return takenBy(
      await this.#database.sql<{ handle: string }>`SELECT handle FROM users WHERE handle = ${handle} OR email = ${email}`,
      handle,
    );
  }

  /** The unique indexes decide between two at once. Null when the row was written. */
  async insert(tx: Tx, { id, handle, email, displayName, createdAt }: NewUser): Promise<Taken | null> {
    const written = await tx.sql`
      INSERT INTO users (id, handle, email, display_name, created_at) VALUES (${id}, ${handle}, ${email}, ${displayName}, ${createdAt})
      ON CONFLICT DO NOTHING RETURNING 1`;
    if (written.length > 0) return null;
    const taken = takenBy(await tx.sql<{ handle: string }>`SELECT handle FROM users WHERE handle = ${handle} OR email = ${email}`, handle);
    if (taken === null) throw new Error('an account was refused though nobody has its names');
    return taken;
  }

  /** Locks the person's row until the transaction ends: their events keep their order. */
  async lock(tx: Tx, userId: string): Promise<{ readonly state: AuthorState; readonly handle: string } | null> {
    const [row] = await tx.sql<{
      state: AuthorState;
      handle: string;
    }>`SELECT state, handle FROM users WHERE id = ${userId} FOR NO KEY UPDATE`;
    return row ?? null;
  }

  async profile(tx: Tx, userId: string): Promise<Profile | null> {
    const [row] = await tx.sql<Profile>`
      SELECT display_name AS "displayName", bio, avatar_id AS "avatarId", is_locked AS "isLocked", is_discoverable AS "isDiscoverable"
      FROM users WHERE id = ${userId}`;
    return row ?? null;
  }

  async setProfile(tx: Tx, userId: string, { displayName, bio, avatarId, isLocked, isDiscoverable }: Profile): Promise<void> {
    await tx.sql`
      UPDATE users SET display_name = ${displayName}, bio = ${bio}, avatar_id = ${avatarId}, is_locked = ${isLocked},
        is_discoverable = ${isDiscoverable}
      WHERE id = ${userId}`;
  }

  /** Replaces all fields; a value that stays keeps its verification. */
  async setFields(tx: Tx, userId: string, fields: readonly { readonly name: string; readonly value: string }[]): Promise<void> {
    const before = await tx.sql<{ value: string; verifiedAt: Date | null }>`
      DELETE FROM profile_field WHERE user_id = ${userId} RETURNING value, verified_at AS "verifiedAt"`;
    const verified = new Map(before.map(({ value, verifiedAt }) => [value, verifiedAt]));
    await tx.sql`
      INSERT INTO profile_field (user_id, position, name, value, verified_at)
      SELECT ${userId}, place - 1, name, value, verified_at
      FROM unnest(${fields.map(({ name }) => name)}::text[], ${fields.map(({ value }) => value)}::text[],
        ${fields.map(({ value }) => verified.get(value) ?? null)}::timestamptz[]) WITH ORDINALITY AS given(name, value, verified_at, place)`;
  }

  /** Notes that the page behind a field links back, if the field still says so. */
  async markVerified(tx: Tx, userId: string, value: string, at: Date): Promise<boolean> {
    const marked = await tx.sql`
      UPDATE profile_field SET verified_at = ${at} WHERE user_id = ${userId} AND value = ${value} AND verified_at IS NULL RETURNING 1`;
    return marked.length > 0;
  }

  async setState(tx: Tx, userId: string, state: AuthorState): Promise<void> {
    await tx.sql`UPDATE users SET state = ${state} WHERE id = ${userId}`;
  }
}

const takenBy = (rows: readonly { readonly handle: string }[], handle: string): Taken | null =>
  rows.length === 0 ? null : rows.some((row) => row.handle === handle) ? 'handle' : 'email';
