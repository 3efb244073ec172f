import { byKey } from '@plaza/db/loaders';
import type { ProductStore } from './product.store.js';

export const productLoaders = (store: ProductStore) => ({
  productOnSale: byKey(
    (ids) => store.onSale(ids),
    ({ id }) => id,
  ),
});
