import { prorate } from '../../money/prorate.js';

export type RefundState = 'PENDING' | 'SUCCEEDED' | 'FAILED';

/** A line, and what was sent of it and given back, or is about to be. */
export interface RefundableLine {
  readonly id: string;
  readonly quantity: number;
  readonly shippedQuantity: number;
  readonly refundedQuantity: number;
  readonly withdrawnQuantity: number;
  readonly unitAmount: string;
  readonly refundedAmount: string;
}

/** What a refund gives back of a line. */
export interface RefundPart {
  readonly lineId: string;
  readonly quantity: number;
  /** Of the quantity: those that had not been sent. */
  readonly withdrawn: number;
  readonly amount: bigint;
}

/** What of its price a line can still give back. */
export const leftOf = ({ unitAmount, quantity, refundedAmount }: RefundableLine): bigint =>
  BigInt(unitAmount) * BigInt(quantity) - BigInt(refundedAmount);

export const piecesLeftOf = ({ quantity, refundedQuantity }: RefundableLine): number => quantity - refundedQuantity;

/**
 * Pieces are worth their part of what is left of the line, so the last one gives back the rest. Those that were not sent go first. Asks for no
 * more than {@link piecesLeftOf}.
 */
export function partOfPieces(line: RefundableLine, quantity: number): RefundPart {
  const others = piecesLeftOf(line) - quantity;
  const [amount = 0n] = prorate(leftOf(line), [BigInt(quantity), BigInt(others)]);
  const unsent = line.quantity - line.shippedQuantity - line.withdrawnQuantity;
  return { lineId: line.id, quantity, withdrawn: Math.min(quantity, unsent), amount };
}

/** An amount, no more than what is left of all lines, spread over them by what is left of each. */
export function partsOfAmount(lines: readonly RefundableLine[], amount: bigint): readonly RefundPart[] {
  const amounts = prorate(amount, lines.map(leftOf));
  const parts = lines.map(({ id }, index) => ({ lineId: id, quantity: 0, withdrawn: 0, amount: amounts[index] ?? 0n }));
  return parts.filter((part) => part.amount > 0n);
}
