import type { Database, Tx } from '@plaza/db/database';
import type { Digest, Filter, NotificationKind, Wanted } from './notification.policy.js';

export interface PreferenceRow extends Wanted {
  readonly kind: NotificationKind;
}

export interface Setting {
  readonly newAccounts: Filter;
  readonly digest: Digest;
}

/** What people have settled about being told. */
export class PreferenceStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Of the kinds that the person has said something of. */
  async preferences(userId: string): Promise<readonly PreferenceRow[]> {
    return this.#database.sql<PreferenceRow>`
      SELECT kind, in_app AS "inApp", push, email, sms FROM notification_preference WHERE user_id = ${userId}`;
  }

  /** Changes what is given; what is null stays, or is what it is by default. */
  async prefer(
    userId: string,
    kind: NotificationKind,
    given: { readonly [channel in keyof Wanted]: boolean | null },
    byDefault: Wanted,
  ): Promise<PreferenceRow> {
    const [row] = await this.#database.sql<PreferenceRow>`
      INSERT INTO notification_preference AS known (user_id, kind, in_app, push, email, sms)
      VALUES (${userId}, ${kind}, coalesce(${given.inApp}::boolean, ${byDefault.inApp}), coalesce(${given.push}::boolean, ${byDefault.push}),
        coalesce(${given.email}::boolean, ${byDefault.email}), coalesce(${given.sms}::boolean, ${byDefault.sms}))
      ON CONFLICT (user_id, kind) DO UPDATE SET in_app = coalesce(${given.inApp}, known.in_app), push = coalesce(${given.push}, known.push),
        email = coalesce(${given.email}, known.email), sms = coalesce(${given.sms}, known.sms)
      RETURNING kind, in_app AS "inApp", push, email, sms`;
    if (row === undefined) throw new Error('a preference was not written');
    return row;
  }

  async settings(userIds: readonly string[]): Promise<readonly (Setting & { readonly userId: string })[]> {
    return this.#database.sql<Setting & { userId: string }>`
      SELECT person.id AS "userId", coalesce(new_accounts, 'ACCEPT') AS "newAccounts", coalesce(digest, 'DAILY') AS digest
      FROM unnest(${userIds}::uuid[]) AS person (id) LEFT JOIN notification_setting ON user_id = person.id`;
  }

  /** Changes what is given; what is null stays. */
  async set(userId: string, given: { readonly [name in keyof Setting]: Setting[name] | null }): Promise<Setting> {
    const [row] = await this.#database.sql<Setting>`
      INSERT INTO notification_setting AS known (user_id, new_accounts, digest)
      VALUES (${userId}, coalesce(${given.newAccounts}, 'ACCEPT'), coalesce(${given.digest}, 'DAILY'))
      ON CONFLICT (user_id) DO UPDATE
        SET new_accounts = coalesce(${given.newAccounts}, known.new_accounts), digest = coalesce(${given.digest}, known.digest)
      RETURNING new_accounts AS "newAccounts", digest`;
    if (row === undefined) throw new Error('a setting was not written');
    return row;
  }

  /** How often somebody gets a digest, as seen by a transaction. */
  async digestOf(tx: Tx, userId: string): Promise<Digest> {
    const [row] = await tx.sql<{ digest: Digest }>`SELECT digest FROM notification_setting WHERE user_id = ${userId}`;
    return row?.digest ?? 'DAILY';
  }
}
