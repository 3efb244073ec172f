import { pageRequest, toConnection } from '@plaza/kernel/page';
import { toTypeId } from '@plaza/kernel/type-id';
import { referencedId } from '@plaza/subgraph/reference';
import type { ShopResolvers } from './../../types.generated.js';

export const Shop: Pick<ShopResolvers, 'description' | 'id' | 'name' | 'owner' | 'products' | 'ref' | '__resolveReference'> = {
  __resolveReference: async (reference, { loaders }) => {
    const id = referencedId('shop', reference);
    return id === null ? null : loaders.shop.load(id);
  },
  id: ({ id }) => toTypeId('shop', id),
  ref: ({ id }) => toTypeId('shop', id),
  owner: ({ ownerId }) => ({ id: toTypeId('user', ownerId) }),
  products: async ({ id }, args, { services, loaders }) => {
    const page = await services.product.ofShop(id, pageRequest(args));
    const products = await Promise.all(page.items.map(async (item) => loaders.product.load(item.id)));
    const shown = products.filter((product) => product !== null);
    return toConnection(
      { items: shown, hasNextPage: page.hasNextPage },
      ({ createdAt, id: at }) => ({ at: createdAt, id: at }),
      (product) => product,
    );
  },
};
