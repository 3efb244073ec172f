import type { CartLineRow, CartRow } from './cart.store.js';

/** Null: nothing was ever put in. */
export type CartMapper = CartRow;
export type CartLineMapper = CartLineRow;
/** A viewer, by their UUID. */
export interface ViewerMapper {
  readonly id: string;
}
