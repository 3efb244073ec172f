import type { MoneyResolvers } from './../../types.generated.js';
import { formatAmount } from '../../../money/amount.js';

export const Money: MoneyResolvers = {
  formatted: (amount) => formatAmount(amount),
};
