import type { Amount } from './amount.js';
import type { ProductRow } from './product.store.js';

export type MoneyMapper = Amount;
export type PriceRangeMapper = Pick<ProductRow, 'currencyCode' | 'minAmount' | 'maxAmount'>;
export type ProductMapper = ProductRow;
