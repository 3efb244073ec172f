import type { VariantRow } from '../product/product.store.js';
import type { CartLineRow } from './cart.store.js';

export type CartWarningCode = 'UNAVAILABLE' | 'OUT_OF_STOCK' | 'NOT_ENOUGH_STOCK' | 'PRICE_CHANGED';

/** What a checkout would stumble over in a line, and a price that has changed. `variant` is null when it cannot be bought by this viewer. */
export function warningsOf(
  line: CartLineRow,
  variant: Pick<VariantRow, 'availableStock' | 'amountMinor'> | null,
): readonly CartWarningCode[] {
  if (variant === null) return ['UNAVAILABLE'];
  const warnings: CartWarningCode[] = [];
  if (variant.availableStock <= 0) warnings.push('OUT_OF_STOCK');
  else if (variant.availableStock < line.quantity) warnings.push('NOT_ENOUGH_STOCK');
  if (BigInt(variant.amountMinor) !== BigInt(line.seenAmount)) warnings.push('PRICE_CHANGED');
  return warnings;
}

const MESSAGES: Readonly<Record<CartWarningCode, string>> = {
  UNAVAILABLE: 'This is no longer sold.',
  OUT_OF_STOCK: 'None of this is left.',
  NOT_ENOUGH_STOCK: 'Fewer of this are left than you want.',
  PRICE_CHANGED: 'The price has changed since you put this in.',
};

export const messageOf = (code: CartWarningCode): string => MESSAGES[code];
