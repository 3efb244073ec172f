import { z } from 'zod';
import { defineEvent, field } from '../event-contract.js';

/** An order was placed, paid, taken back, or its hold has run out; `revision` rises with each change. */
export const orderChanged = defineEvent(
  'commerce',
  'order.changed',
  'orderId',
  z.object({
    orderId: field.id(),
    buyerId: field.id(),
    status: field.oneOf(['OPEN', 'CONFIRMED', 'EXPIRED', 'CANCELLED']),
    revision: field.revision(),
    /** Whose shops owe a part of it. */
    sellerIds: field.ids(100).optional(),
  }),
);
