import type { Database, Tx } from '@plaza/db/database';
import { sqlText } from '@plaza/db/sql';

export interface ShipmentRow {
  readonly id: string;
  readonly sellerOrderId: string;
  readonly carrier: string;
  readonly trackingCode: string | null;
  readonly deliveredAt: Date | null;
  readonly createdAt: Date;
}

export interface ShipmentLineRow {
  readonly shipmentId: string;
  readonly orderLineId: string;
  readonly quantity: number;
}

const SHIPMENT = sqlText`id, seller_order_id AS "sellerOrderId", carrier, tracking_code AS "trackingCode", delivered_at AS "deliveredAt",
  created_at AS "createdAt" FROM shipment`;

export class ShipmentStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byIds(ids: readonly string[]): Promise<readonly ShipmentRow[]> {
    return this.#database.sql<ShipmentRow>`SELECT ${SHIPMENT} WHERE id = ANY(${ids}::uuid[])`;
  }

  /** Of each seller order, the first sent first. */
  async ofSellerOrders(ids: readonly string[]): Promise<readonly ShipmentRow[]> {
    return this.#database.sql<ShipmentRow>`SELECT ${SHIPMENT} WHERE seller_order_id = ANY(${ids}::uuid[]) ORDER BY created_at, id`;
  }

  async linesOf(shipmentIds: readonly string[]): Promise<readonly ShipmentLineRow[]> {
    return this.#database.sql<ShipmentLineRow>`
      SELECT shipment_id AS "shipmentId", order_line_id AS "orderLineId", quantity FROM shipment_line
      WHERE shipment_id = ANY(${shipmentIds}::uuid[]) ORDER BY shipment_id, order_line_id`;
  }

  /** Of a seller order whose order is locked. */
  async count(tx: Tx, sellerOrderId: string): Promise<number> {
    const [row] = await tx.sql<{ count: number }>`SELECT count(*)::int AS count FROM shipment WHERE seller_order_id = ${sellerOrderId}`;
    return row?.count ?? 0;
  }

  async insert(
    tx: Tx,
    { id, sellerOrderId, carrier, trackingCode }: Omit<ShipmentRow, 'deliveredAt' | 'createdAt'>,
    lines: readonly Omit<ShipmentLineRow, 'shipmentId'>[],
  ): Promise<void> {
    await tx.sql`
      INSERT INTO shipment (id, seller_order_id, carrier, tracking_code) VALUES (${id}, ${sellerOrderId}, ${carrier}, ${trackingCode})`;
    await tx.sql`
      INSERT INTO shipment_line (shipment_id, order_line_id, quantity)
      SELECT ${id}::uuid, * FROM unnest(
        ${lines.map(({ orderLineId }) => orderLineId)}::uuid[], ${lines.map(({ quantity }) => quantity)}::int[]
      )`;
  }

  /** False: it was there already. */
  async deliver(tx: Tx, id: string, at: Date): Promise<boolean> {
    const delivered = await tx.sql`UPDATE shipment SET delivered_at = ${at} WHERE id = ${id} AND delivered_at IS NULL RETURNING 1`;
    return delivered.length > 0;
  }
}
