import type { Amount } from '../../money/amount.js';
import type { ProductRow, VariantRow } from './product.store.js';

export type MoneyMapper = Amount;
export type PriceRangeMapper = Pick<ProductRow, 'currencyCode' | 'minAmount' | 'maxAmount'>;
export type ProductMapper = ProductRow;
export type VariantMapper = VariantRow;
