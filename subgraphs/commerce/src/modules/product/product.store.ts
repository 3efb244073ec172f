import type { Database, Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';

/** A product that is on sale. */
export interface ProductRow {
  readonly id: string;
  readonly title: string;
  readonly currencyCode: string;
  /** Of the cheapest and of the dearest variant, in the currency's smallest unit. */
  readonly minAmount: string;
  readonly maxAmount: string;
  readonly inStock: boolean;
}

export interface NewProduct {
  readonly title: string;
  readonly currencyCode: string;
  readonly variants: readonly NewVariant[];
}

export interface NewVariant {
  readonly sku: string;
  readonly title: string;
  readonly amountMinor: string;
  readonly stock: number;
}

export class ProductStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Those that are on sale; one without a variant is not. */
  async onSale(ids: readonly string[]): Promise<readonly ProductRow[]> {
    return this.#database.sql<ProductRow>`
      SELECT product.id, product.title, product.currency_code AS "currencyCode",
        min(variant.amount_minor)::text AS "minAmount", max(variant.amount_minor)::text AS "maxAmount", bool_or(variant.stock > 0) AS "inStock"
      FROM product JOIN variant ON variant.product_id = product.id
      WHERE product.id = ANY(${ids}::uuid[]) AND product.is_on_sale
      GROUP BY product.id`;
  }

  /** The seller's shop, opened under this name if there is none. */
  async openShop(tx: Tx, ownerId: string, name: string): Promise<string> {
    const [shop] = await tx.sql<{ id: string }>`
      INSERT INTO shop (id, owner_id, name) VALUES (${newId()}, ${ownerId}, ${name})
      ON CONFLICT (owner_id) DO UPDATE SET owner_id = excluded.owner_id RETURNING id`;
    if (shop === undefined) throw new Error('a shop was neither opened nor found');
    return shop.id;
  }

  async insert(tx: Tx, shopId: string, { title, currencyCode, variants }: NewProduct): Promise<string> {
    const id = newId();
    await tx.sql`INSERT INTO product (id, shop_id, title, currency_code) VALUES (${id}, ${shopId}, ${title}, ${currencyCode})`;
    await tx.sql`
      INSERT INTO variant (id, product_id, sku, title, amount_minor, stock)
      SELECT id, ${id}, sku, title, amount_minor, stock FROM unnest(
        ${variants.map(() => newId())}::uuid[], ${variants.map(({ sku }) => sku)}::text[], ${variants.map((variant) => variant.title)}::text[],
        ${variants.map(({ amountMinor }) => amountMinor)}::bigint[], ${variants.map(({ stock }) => stock)}::int[]
      ) AS variant (id, sku, title, amount_minor, stock)`;
    return id;
  }
}
