import type { People } from '@plaza/calls/people';
import { byKey, byOwner } from '@plaza/db/loaders';
import type { ProductService } from './product.service.js';
import type { ProductStore } from './product.store.js';

/** Goods that are on sale, as far as the viewer may see who sells them. */
export const productLoaders = (store: ProductStore, service: ProductService, people: People) => ({
  product: byKey(
    async (ids) => service.visible(await store.onSale(ids), people),
    ({ id }) => id,
  ),
  variant: byKey(
    async (ids) => service.visible(await store.variants(ids), people),
    ({ id }) => id,
  ),
  variantsOf: byOwner(
    (productIds) => store.variantsOf(productIds),
    ({ productId }) => productId,
  ),
});

export type ProductLoaders = ReturnType<typeof productLoaders>;
