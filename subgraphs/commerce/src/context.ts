import type { RequestScope } from '@plaza/subgraph/request-scope';
import { productLoaders } from './modules/product/product.loaders.js';
import type { ProductStore } from './modules/product/product.store.js';

/** What a resolver has: who asks, and the loaders of this request. */
export interface Context {
  readonly scope: RequestScope;
  readonly loaders: ReturnType<typeof productLoaders>;
}

export function contextFor(stores: { readonly products: ProductStore }): (scope: RequestScope) => Context {
  return (scope) => ({ scope, loaders: productLoaders(stores.products) });
}
