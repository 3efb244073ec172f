import type { Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';

/** So many of a variant. */
export interface Quantity {
  readonly variantId: string;
  readonly quantity: number;
}

/** What an order does to stock. A round is one hold of its goods: each step happens once in it. */
export interface Hold {
  readonly orderId: string;
  readonly round: number;
  /** Each variant once. */
  readonly quantities: readonly Quantity[];
}

/** What is left of variants that a hold wanted more of. */
export type Held = { readonly kind: 'held' } | { readonly kind: 'short'; readonly available: ReadonlyMap<string, number> };

/**
 * Stock and its ledger. Rows are locked in the order of their ids, so two orders never wait for each other in a ring; the guard stands in the
 * UPDATE and once more in the table's CHECK.
 */
export class StockStore {
  async create(tx: Tx, quantities: readonly Quantity[]): Promise<void> {
    const { ids, counts } = columns(quantities);
    await tx.sql`INSERT INTO stock (variant_id, on_hand) SELECT * FROM unnest(${ids}::uuid[], ${counts}::int[])`;
    const received = quantities.filter(({ quantity }) => quantity > 0);
    if (received.length > 0) await this.#note(tx, 'RECEIVE', received, 1, 0, null, 0);
  }

  /** Adds to what is there. False: less would be there than is held. */
  async adjust(tx: Tx, variantId: string, change: number): Promise<boolean> {
    const changed = await tx.sql`
      UPDATE stock SET on_hand = on_hand + ${change}
      WHERE variant_id = ${variantId} AND on_hand + ${change} >= reserved AND on_hand + ${change} <= 1000000000 RETURNING 1`;
    if (changed.length === 0) return false;
    await this.#note(tx, change > 0 ? 'RECEIVE' : 'REMOVE', [{ variantId, quantity: Math.abs(change) }], Math.sign(change), 0, null, 0);
    return true;
  }

  /** Holds all of it or nothing. */
  async hold(tx: Tx, { orderId, round, quantities }: Hold): Promise<Held> {
    const { ids, counts } = columns(quantities);
    const free = await tx.sql<{ variantId: string; available: number }>`
      SELECT variant_id AS "variantId", on_hand - reserved AS available FROM stock
      WHERE variant_id = ANY(${ids}::uuid[]) ORDER BY variant_id FOR UPDATE`;
    const available = new Map(free.map((row) => [row.variantId, row.available]));
    if (quantities.some(({ variantId, quantity }) => (available.get(variantId) ?? 0) < quantity)) return { kind: 'short', available };
    const held = await tx.sql`
      UPDATE stock SET reserved = reserved + wanted.quantity
      FROM unnest(${ids}::uuid[], ${counts}::int[]) AS wanted (variant_id, quantity)
      WHERE stock.variant_id = wanted.variant_id AND on_hand - reserved >= wanted.quantity RETURNING 1`;
    if (held.length !== quantities.length) throw new Error('stock changed under its lock');
    await this.#note(tx, 'HOLD', quantities, 0, 1, orderId, round);
    return { kind: 'held' };
  }

  /** Lets go of what was held. */
  async release(tx: Tx, hold: Hold): Promise<void> {
    await this.#apply(tx, hold.quantities, 0, -1);
    await this.#note(tx, 'RELEASE', hold.quantities, 0, -1, hold.orderId, hold.round);
  }

  /** What was held leaves. */
  async sell(tx: Tx, hold: Hold): Promise<void> {
    await this.#apply(tx, hold.quantities, -1, -1);
    await this.#note(tx, 'SELL', hold.quantities, -1, -1, hold.orderId, hold.round);
  }

  /** What was sold comes back, once for each refund. */
  async giveBack(tx: Tx, refundId: string, quantities: readonly Quantity[]): Promise<void> {
    await this.#apply(tx, quantities, 1, 0);
    const { ids, counts } = columns(quantities);
    await tx.sql`
      INSERT INTO stock_move (id, variant_id, kind, on_hand, reserved, refund_id)
      SELECT id, variant_id, 'RETURN', quantity, 0, ${refundId}::uuid
      FROM unnest(${quantities.map(() => newId())}::uuid[], ${ids}::uuid[], ${counts}::int[]) AS moved (id, variant_id, quantity)`;
  }

  async #apply(tx: Tx, quantities: readonly Quantity[], onHand: number, reserved: number): Promise<void> {
    const { ids, counts } = columns(quantities);
    await tx.sql`SELECT 1 FROM stock WHERE variant_id = ANY(${ids}::uuid[]) ORDER BY variant_id FOR UPDATE`;
    await tx.sql`
      UPDATE stock SET on_hand = on_hand + ${onHand} * moved.quantity, reserved = reserved + ${reserved} * moved.quantity
      FROM unnest(${ids}::uuid[], ${counts}::int[]) AS moved (variant_id, quantity) WHERE stock.variant_id = moved.variant_id`;
  }

  async #note(
    tx: Tx,
    kind: 'RECEIVE' | 'REMOVE' | 'HOLD' | 'RELEASE' | 'SELL',
    quantities: readonly Quantity[],
    onHand: number,
    reserved: number,
    orderId: string | null,
    round: number,
  ): Promise<void> {
    const { ids, counts } = columns(quantities);
    await tx.sql`
      INSERT INTO stock_move (id, variant_id, kind, on_hand, reserved, order_id, round)
      SELECT id, variant_id, ${kind}, ${onHand} * quantity, ${reserved} * quantity, ${orderId}::uuid, ${round}
      FROM unnest(${quantities.map(() => newId())}::uuid[], ${ids}::uuid[], ${counts}::int[]) AS moved (id, variant_id, quantity)`;
  }
}

const columns = (quantities: readonly Quantity[]) => ({
  ids: quantities.map(({ variantId }) => variantId),
  counts: quantities.map(({ quantity }) => quantity),
});

/** Each variant once: lines of the same one are added up. */
export function summed(lines: readonly Quantity[]): readonly Quantity[] {
  const sums = new Map<string, number>();
  for (const { variantId, quantity } of lines) sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
  return [...sums].map(([variantId, quantity]) => ({ variantId, quantity })).toSorted((a, b) => (a.variantId < b.variantId ? -1 : 1));
}
