import type { OrderLineRow } from '../order/order.store.js';
import type { ShipmentRow } from './shipment.store.js';

export type ShipmentMapper = ShipmentRow;
export interface ShipmentLineMapper {
  readonly line: OrderLineRow;
  readonly quantity: number;
}
