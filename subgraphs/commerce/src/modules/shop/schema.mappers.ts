import type { ShopRow } from './shop.store.js';

export type ShopMapper = ShopRow;
