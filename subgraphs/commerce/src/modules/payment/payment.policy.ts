export type PaymentState =
  'CREATED' | 'PENDING' | 'AUTHORIZED' | 'CAPTURED' | 'SETTLED' | 'DECLINED' | 'CANCELLED' | 'REFUNDING' | 'REFUNDED';

export type PaymentEventType =
  | 'AUTHORIZATION_REQUEST'
  | 'AUTHORIZATION_SUCCESS'
  | 'AUTHORIZATION_FAILURE'
  | 'CHARGE_REQUEST'
  | 'CHARGE_SUCCESS'
  | 'CANCEL_REQUEST'
  | 'CANCEL_SUCCESS'
  | 'REFUND_REQUEST'
  | 'REFUND_SUCCESS'
  | 'REFUND_FAILURE';

const NEXT: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  CREATED: ['PENDING', 'AUTHORIZED', 'DECLINED'],
  PENDING: ['AUTHORIZED', 'DECLINED'],
  AUTHORIZED: ['CAPTURED', 'CANCELLED'],
  CAPTURED: ['SETTLED', 'REFUNDING'],
  REFUNDING: ['REFUNDED'],
  SETTLED: [],
  DECLINED: [],
  CANCELLED: [],
  REFUNDED: [],
};

export const canBecome = (from: PaymentState, to: PaymentState): boolean => NEXT[from].includes(to);

/** Whether nothing more happens to it by itself. */
export const isEnded = (state: PaymentState): boolean => NEXT[state].length === 0;

export type PaymentStatus = 'UNPAID' | 'PENDING' | 'AUTHORIZED' | 'PAID' | 'PARTIALLY_REFUNDED' | 'REFUNDED';

/** How an order is paid: from what has happened to its payments and from nothing else. */
export function paymentStatusOf(
  total: bigint,
  events: readonly { readonly paymentId: string; readonly type: PaymentEventType; readonly amount: string }[],
): PaymentStatus {
  const sum = (type: PaymentEventType): bigint =>
    events.filter((event) => event.type === type).reduce((all, { amount }) => all + BigInt(amount), 0n);
  const taken = sum('CHARGE_SUCCESS');
  const left = taken - sum('REFUND_SUCCESS');
  if (taken > 0n && left >= total) return 'PAID';
  if (left > 0n) return 'PARTIALLY_REFUNDED';
  const open = openOf(events);
  if (open !== null) return open;
  return taken > 0n ? 'REFUNDED' : 'UNPAID';
}

/** How far the attempt has come that is still on its way. */
function openOf(events: readonly { readonly paymentId: string; readonly type: PaymentEventType }[]): 'PENDING' | 'AUTHORIZED' | null {
  const seen = new Map<string, Set<PaymentEventType>>();
  for (const { paymentId, type } of events) seen.set(paymentId, (seen.get(paymentId) ?? new Set()).add(type));
  const attempts = [...seen.values()];
  const isOpen = (types: ReadonlySet<PaymentEventType>): boolean =>
    !types.has('AUTHORIZATION_FAILURE') && !types.has('CANCEL_SUCCESS') && !types.has('CHARGE_SUCCESS');
  const open = attempts.filter(isOpen);
  if (open.some((types) => types.has('AUTHORIZATION_SUCCESS'))) return 'AUTHORIZED';
  return open.length > 0 ? 'PENDING' : null;
}
