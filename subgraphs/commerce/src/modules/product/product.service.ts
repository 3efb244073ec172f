import type { Database } from '@plaza/db/database';
import type { NewProduct, ProductStore } from './product.store.js';

export class ProductService {
  readonly #database: Database<unknown>;
  readonly #store: ProductStore;

  constructor(database: Database<unknown>, store: ProductStore) {
    this.#database = database;
    this.#store = store;
  }

  /** Those of the products that are on sale. */
  async existing(ids: readonly string[]): Promise<readonly string[]> {
    return (await this.#store.onSale(ids)).map(({ id }) => id);
  }

  /** Puts a product on sale in the seller's shop. Returns its id. */
  async offer(sellerId: string, shopName: string, product: NewProduct): Promise<string> {
    return this.#database.transaction(async (tx) => this.#store.insert(tx, await this.#store.openShop(tx, sellerId, shopName), product));
  }
}
