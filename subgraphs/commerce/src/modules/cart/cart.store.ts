import type { Database, Tx } from '@plaza/db/database';
import type { Sql } from '@plaza/db/sql';
import { newId } from '@plaza/kernel/id';

export interface CartRow {
  readonly id: string;
  readonly lines: readonly CartLineRow[];
}

export interface CartLineRow {
  readonly id: string;
  readonly variantId: string;
  readonly quantity: number;
  /** What it cost when it was put in. */
  readonly seenAmount: string;
  readonly currencyCode: string;
  readonly postId: string | null;
}

export class CartStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The owner's cart with its lines; null when nothing was ever put in. */
  async of(ownerId: string): Promise<CartRow | null> {
    const [cart] = await this.#database.sql<{ id: string }>`SELECT id FROM cart WHERE owner_id = ${ownerId}`;
    if (cart === undefined) return null;
    return { id: cart.id, lines: await linesOf(this.#database.sql, cart.id) };
  }

  /** The owner's cart, made if there is none; whoever else changes it waits. */
  async locked(tx: Tx, ownerId: string): Promise<CartRow> {
    const [cart] = await tx.sql<{ id: string }>`
      INSERT INTO cart (id, owner_id) VALUES (${newId()}, ${ownerId})
      ON CONFLICT (owner_id) DO UPDATE SET owner_id = excluded.owner_id RETURNING id`;
    if (cart === undefined) throw new Error('a cart was neither made nor found');
    return { id: cart.id, lines: await linesOf(tx.sql, cart.id) };
  }

  /** A cart that is locked, as it stands by now. */
  async asOfNow(tx: Tx, id: string): Promise<CartRow> {
    return { id, lines: await linesOf(tx.sql, id) };
  }

  /** Where a line was seen stays as it was unless another post is named. */
  async put(tx: Tx, cartId: string, line: Omit<CartLineRow, 'id' | 'currencyCode'>): Promise<void> {
    const { variantId, quantity, seenAmount, postId } = line;
    await tx.sql`
      INSERT INTO cart_line AS line (id, cart_id, variant_id, quantity, seen_amount, post_id)
      VALUES (${newId()}, ${cartId}, ${variantId}, ${quantity}, ${seenAmount}, ${postId})
      ON CONFLICT (cart_id, variant_id) DO UPDATE
        SET quantity = excluded.quantity, seen_amount = excluded.seen_amount, post_id = coalesce(excluded.post_id, line.post_id)`;
  }

  async take(tx: Tx, cartId: string, variantId: string): Promise<void> {
    await tx.sql`DELETE FROM cart_line WHERE cart_id = ${cartId} AND variant_id = ${variantId}`;
  }

  async empty(tx: Tx, cartId: string): Promise<void> {
    await tx.sql`DELETE FROM cart_line WHERE cart_id = ${cartId}`;
  }
}

const linesOf = (sql: Sql, cartId: string): Promise<readonly CartLineRow[]> =>
  sql<CartLineRow>`
      SELECT line.id, line.variant_id AS "variantId", line.quantity, line.seen_amount::text AS "seenAmount", line.post_id AS "postId",
        product.currency_code AS "currencyCode"
      FROM cart_line AS line JOIN variant ON variant.id = line.variant_id JOIN product ON product.id = variant.product_id
      WHERE line.cart_id = ${cartId} ORDER BY line.created_at, line.id`;
