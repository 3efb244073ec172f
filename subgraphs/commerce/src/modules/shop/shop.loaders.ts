import type { People } from '@plaza/calls/people';
import { byKey } from '@plaza/db/loaders';
import type { ShopService } from './shop.service.js';

/** Shops, as far as the viewer may see who owns them. */
export const shopLoaders = (shops: ShopService, people: People) => ({
  shop: byKey(
    (ids) => shops.visible(ids, people),
    ({ id }) => id,
  ),
});

export type ShopLoaders = ReturnType<typeof shopLoaders>;
