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

/** The shop's owner sees its part as soon as it was paid. */
export const canSell = (viewerId: string | null, part: { readonly ownerId: string; readonly soldAt: Date | null }): boolean =>
  part.soldAt !== null && viewerId === part.ownerId;

export const canSeeSellerOrder = (
  viewerId: string | null,
  part: { readonly buyerId: string; readonly ownerId: string; readonly soldAt: Date | null },
): boolean => canSeeOrder(viewerId, part) || canSell(viewerId, part);

export type FulfillmentStatus = 'UNFULFILLED' | 'PARTIALLY_SHIPPED' | 'SHIPPED' | 'DELIVERED' | 'CANCELLED';

export interface FulfillableLine {
  readonly quantity: number;
  readonly shippedQuantity: number;
  readonly deliveredQuantity: number;
  /** Given back before they were sent: they will not be. */
  readonly withdrawnQuantity: number;
}

/** From the lines that one shop owes. */
export function fulfillmentOf(status: OrderStatus, lines: readonly FulfillableLine[]): FulfillmentStatus {
  if (status === 'EXPIRED' || status === 'CANCELLED') return 'CANCELLED';
  const owed = lines.filter(({ quantity, withdrawnQuantity }) => withdrawnQuantity < quantity);
  if (owed.length === 0) return 'CANCELLED';
  if (owed.every(({ shippedQuantity }) => shippedQuantity === 0)) return 'UNFULFILLED';
  if (owed.some((line) => line.shippedQuantity + line.withdrawnQuantity < line.quantity)) return 'PARTIALLY_SHIPPED';
  return owed.every(({ shippedQuantity, deliveredQuantity }) => deliveredQuantity === shippedQuantity) ? 'DELIVERED' : 'SHIPPED';
}
