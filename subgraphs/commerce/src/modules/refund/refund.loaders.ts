import { byOwner } from '@plaza/db/loaders';
import type { RefundStore } from './refund.store.js';

export const refundLoaders = (store: RefundStore) => ({
  refundsOf: byOwner(
    (sellerOrderIds) => store.ofSellerOrders(sellerOrderIds),
    ({ sellerOrderId }) => sellerOrderId,
  ),
  refundLinesOf: byOwner(
    (refundIds) => store.linesOf(refundIds),
    ({ refundId }) => refundId,
  ),
});

export type RefundLoaders = ReturnType<typeof refundLoaders>;
