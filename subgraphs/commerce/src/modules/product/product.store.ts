import type { Database, Tx } from '@plaza/db/database';
import { sqlText } from '@plaza/db/sql';
import { type Keyset, type Page, toPage } from '@plaza/kernel/page';

/** A product that is on sale. */
export interface ProductRow {
  readonly id: string;
  readonly shopId: string;
  readonly ownerId: string;
  readonly title: string;
  readonly description: string;
  readonly currencyCode: string;
  readonly mediaIds: readonly string[];
  readonly createdAt: Date;
  /** Of the cheapest and of the dearest variant, in the currency's smallest unit. */
  readonly minAmount: string;
  readonly maxAmount: string;
  readonly inStock: boolean;
}

/** A variant of a product that is on sale. */
export interface VariantRow {
  readonly id: string;
  readonly productId: string;
  readonly shopId: string;
  readonly ownerId: string;
  readonly productTitle: string;
  readonly sku: string;
  readonly title: string;
  readonly amountMinor: string;
  readonly currencyCode: string;
  readonly availableStock: number;
}

export interface NewProduct {
  readonly title: string;
  readonly description: string;
  readonly currencyCode: string;
  readonly mediaIds: readonly string[];
  readonly variants: readonly NewVariant[];
}

export interface NewVariant {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly amountMinor: string;
}

const VARIANT = sqlText`variant.id, product.id AS "productId", product.title AS "productTitle", shop.id AS "shopId",
  shop.owner_id AS "ownerId", variant.sku, variant.title, variant.amount_minor::text AS "amountMinor", product.currency_code AS "currencyCode",
  stock.on_hand - stock.reserved AS "availableStock"
  FROM variant JOIN product ON product.id = variant.product_id JOIN shop ON shop.id = product.shop_id JOIN stock ON stock.variant_id = variant.id`;

export class ProductStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Those that are on sale; one without a variant is not. */
  async onSale(ids: readonly string[]): Promise<readonly ProductRow[]> {
    return this.#database.sql<ProductRow>`
      SELECT product.id, product.shop_id AS "shopId", shop.owner_id AS "ownerId", product.title, product.description,
        product.currency_code AS "currencyCode", product.media_ids AS "mediaIds", product.created_at AS "createdAt",
        price.min AS "minAmount", price.max AS "maxAmount", price.available AS "inStock"
      FROM product JOIN shop ON shop.id = product.shop_id
      CROSS JOIN LATERAL (
        SELECT min(amount_minor)::text AS min, max(amount_minor)::text AS max, bool_or(stock.on_hand > stock.reserved) AS available
        FROM variant JOIN stock ON stock.variant_id = variant.id WHERE variant.product_id = product.id
      ) AS price
      WHERE product.id = ANY(${ids}::uuid[]) AND product.is_on_sale AND price.min IS NOT NULL`;
  }

  /** What a shop sells, the newest first. */
  async ofShop(shopId: string, first: number, after: Keyset | null): Promise<Page<{ readonly id: string; readonly createdAt: Date }>> {
    const rows = await this.#database.sql<{ id: string; createdAt: Date }>`
      SELECT id, created_at AS "createdAt" FROM product
      WHERE shop_id = ${shopId} AND is_on_sale
        AND (${after === null} OR (created_at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
      ORDER BY created_at DESC, id DESC LIMIT ${first + 1}`;
    return toPage(rows, first);
  }

  async variants(ids: readonly string[]): Promise<readonly VariantRow[]> {
    return this.#database.sql<VariantRow>`
      SELECT ${VARIANT}
      WHERE variant.id = ANY(${ids}::uuid[]) AND product.is_on_sale`;
  }

  /** The variants of each product, in the shop's order. */
  async variantsOf(productIds: readonly string[]): Promise<readonly VariantRow[]> {
    return this.#database.sql<VariantRow>`
      SELECT ${VARIANT}
      WHERE variant.product_id = ANY(${productIds}::uuid[]) AND product.is_on_sale
      ORDER BY variant.product_id, variant.position, variant.id`;
  }

  async insert(tx: Tx, id: string, shopId: string, product: NewProduct): Promise<void> {
    const { title, description, currencyCode, mediaIds, variants } = product;
    await tx.sql`
      INSERT INTO product (id, shop_id, title, description, currency_code, media_ids)
      VALUES (${id}, ${shopId}, ${title}, ${description}, ${currencyCode}, ${mediaIds}::uuid[])`;
    await tx.sql`
      INSERT INTO variant (id, product_id, sku, title, amount_minor, position)
      SELECT id, ${id}, sku, title, amount_minor, position FROM unnest(
        ${variants.map((variant) => variant.id)}::uuid[], ${variants.map(({ sku }) => sku)}::text[],
        ${variants.map((variant) => variant.title)}::text[], ${variants.map(({ amountMinor }) => amountMinor)}::bigint[],
        ${variants.map((_, position) => position)}::int[]
      ) AS variant (id, sku, title, amount_minor, position)`;
  }
}
