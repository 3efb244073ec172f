import { byKey, byOwner } from '@plaza/db/loaders';
import type { ShipmentStore } from './shipment.store.js';

export const shipmentLoaders = (store: ShipmentStore) => ({
  /** Whoever asks was asked whether they may see it. */
  shipment: byKey(
    (ids) => store.byIds(ids),
    ({ id }) => id,
  ),
  shipmentsOf: byOwner(
    (sellerOrderIds) => store.ofSellerOrders(sellerOrderIds),
    ({ sellerOrderId }) => sellerOrderId,
  ),
  shipmentLinesOf: byOwner(
    (shipmentIds) => store.linesOf(shipmentIds),
    ({ shipmentId }) => shipmentId,
  ),
});

export type ShipmentLoaders = ReturnType<typeof shipmentLoaders>;
