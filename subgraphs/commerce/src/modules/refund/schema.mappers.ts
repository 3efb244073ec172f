import type { OrderLineRow } from '../order/order.store.js';
import type { RefundLineRow, RefundRow } from './refund.store.js';

export type RefundMapper = RefundRow;
export type RefundLineMapper = Pick<RefundLineRow, 'quantity' | 'amount'> & { readonly line: OrderLineRow };
