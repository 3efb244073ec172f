import type { OrderLineRow, OrderRow, SellerOrderRow } from './order.store.js';

export type OrderMapper = OrderRow;
export type SellerOrderMapper = SellerOrderRow;
export type OrderLineMapper = OrderLineRow;
export type OrderedVariantMapper = OrderLineRow;
