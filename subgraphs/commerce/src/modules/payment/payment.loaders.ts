import { byOwner } from '@plaza/db/loaders';
import type { PaymentStore } from './payment.store.js';

export const paymentLoaders = (store: PaymentStore) => ({
  paymentsOf: byOwner(
    (orderIds) => store.ofOrders(orderIds),
    ({ orderId }) => orderId,
  ),
  paymentEventsOf: byOwner(
    (orderIds) => store.eventsOf(orderIds),
    ({ orderId }) => orderId,
  ),
});

export type PaymentLoaders = ReturnType<typeof paymentLoaders>;
