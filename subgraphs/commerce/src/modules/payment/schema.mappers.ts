import type { PaymentEventRow, PaymentRow } from './payment.store.js';

export type PaymentMapper = PaymentRow;
export type PaymentEventMapper = PaymentEventRow;
