import type { Database, Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';

export type EndpointChannel = 'WEB_PUSH' | 'FCM' | 'APNS' | 'SMS';

export interface Endpoint {
  readonly id: string;
  readonly userId: string;
  readonly channel: EndpointChannel;
  readonly address: string;
}

/** Where people's devices are reached. */
export class EndpointStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** @returns the endpoint's id; null when the person has as many as they may */
  async put(tx: Tx, endpoint: Omit<Endpoint, 'id'>, atMost: number): Promise<string | null> {
    const { userId, channel, address } = endpoint;
    const [row] = await tx.sql<{ id: string }>`
      INSERT INTO notification_endpoint AS known (id, user_id, channel, address)
      SELECT ${newId()}::uuid, ${userId}::uuid, ${channel}, ${address}
      WHERE (SELECT count(*) FROM notification_endpoint WHERE user_id = ${userId} AND address <> ${address}) < ${atMost}
      ON CONFLICT (address) DO UPDATE SET user_id = excluded.user_id, channel = excluded.channel
      RETURNING id`;
    return row?.id ?? null;
  }

  /** @returns whether the person had it */
  async remove(userId: string, id: string): Promise<boolean> {
    const rows = await this.#database.sql`DELETE FROM notification_endpoint WHERE id = ${id} AND user_id = ${userId} RETURNING 1`;
    return rows.length > 0;
  }

  async of(userIds: readonly string[]): Promise<readonly Endpoint[]> {
    return this.#database.sql<Endpoint>`
      SELECT id, user_id AS "userId", channel, address FROM notification_endpoint WHERE user_id = ANY(${userIds}::uuid[]) ORDER BY id`;
  }

  /** Those of the people who can be reached, by SMS or by push. */
  async reachable(tx: Tx, userIds: readonly string[]): Promise<readonly { readonly userId: string; readonly bySms: boolean }[]> {
    return tx.sql<{ userId: string; bySms: boolean }>`
      SELECT DISTINCT user_id AS "userId", channel = 'SMS' AS "bySms" FROM notification_endpoint WHERE user_id = ANY(${userIds}::uuid[])`;
  }

  /** Whoever was there is not any more. */
  async forget(id: string): Promise<void> {
    await this.#database.sql`DELETE FROM notification_endpoint WHERE id = ${id}`;
  }
}
