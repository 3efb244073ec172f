export type OrderStatus = 'OPEN' | 'CONFIRMED' | 'EXPIRED' | 'CANCELLED';

/** An expired order opens again when a late payment finds its goods still there. */
const NEXT: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  OPEN: ['CONFIRMED', 'EXPIRED', 'CANCELLED'],
  CONFIRMED: ['CANCELLED'],
  EXPIRED: ['OPEN'],
  CANCELLED: [],
};

export const canBecome = (from: OrderStatus, to: OrderStatus): boolean => NEXT[from].includes(to);

/** Its buyer alone sees an order. */
export const canSeeOrder = (viewerId: string | null, { buyerId }: { readonly buyerId: string }): boolean => viewerId === buyerId;

export type FulfillmentStatus = 'UNFULFILLED' | 'PARTIALLY_SHIPPED' | 'SHIPPED' | 'CANCELLED';

/** From the lines that one shop owes. */
export function fulfillmentOf(
  status: OrderStatus,
  lines: readonly { readonly quantity: number; readonly shippedQuantity: number }[],
): FulfillmentStatus {
  if (status === 'EXPIRED' || status === 'CANCELLED') return 'CANCELLED';
  if (lines.every(({ shippedQuantity }) => shippedQuantity === 0)) return 'UNFULFILLED';
  return lines.every(({ quantity, shippedQuantity }) => shippedQuantity === quantity) ? 'SHIPPED' : 'PARTIALLY_SHIPPED';
}
