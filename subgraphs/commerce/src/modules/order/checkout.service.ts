import type { Database, Tx } from '@plaza/db/database';
import { claimKey } from '@plaza/db/idempotency';
import { failpoint } from '@plaza/kernel/failpoint';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '@plaza/kernel/idempotency-key';
import type { Buyer } from '../../buyer.js';
import { Refused } from '../../refusal.js';
import type { CartLineRow, CartStore } from '../cart/cart.store.js';
import { type Amount, amountOf, checkAmount, isSame, times } from '../../money/amount.js';
import { commissionOf } from '../../money/commission.js';
import type { ProductService } from '../product/product.service.js';
import type { ProductStore, VariantRow } from '../product/product.store.js';
import { type StockStore, summed } from '../../stock/stock.store.js';
import { type Address, checkAddress } from './address.js';
import type { OrderService } from './order.service.js';
import type { NewOrderLine, NewSellerOrder, OrderStore } from './order.store.js';

/** The only way so far, free of charge. */
const STANDARD_SHIPPING = 'standard';

export interface CheckoutInput {
  readonly idempotencyKey: string;
  readonly expectedTotal: Amount;
  readonly shippingAddress: Address;
  readonly shippingMethodId: string | null;
}

/** Less is left than a line wants; `available` of its variant, for all lines together. */
export interface ShortLine {
  readonly lineId: string;
  readonly requested: number;
  readonly available: number;
}

export type Checkout =
  | { readonly kind: 'placed'; readonly orderId: string }
  | { readonly kind: 'outOfStock'; readonly lines: readonly ShortLine[] }
  | { readonly kind: 'totalChanged'; readonly expected: Amount; readonly actual: Amount }
  | { readonly kind: 'keyConflict' }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export interface CheckoutParts {
  readonly database: Database<unknown>;
  readonly carts: CartStore;
  readonly products: ProductStore;
  readonly goods: ProductService;
  readonly orders: OrderStore;
  readonly stock: StockStore;
  readonly order: OrderService;
  /** What Plaza keeps of a sale, in hundredths of a percent. */
  readonly commissionBasisPoints: number;
}

/** A line that can be bought. */
interface Bought {
  readonly line: CartLineRow;
  readonly variant: VariantRow;
}

/** Undoes a checkout that stumbled. */
class Stumbled extends Error {
  readonly outcome: Checkout;

  constructor(outcome: Checkout) {
    super('the checkout stumbled');
    this.outcome = outcome;
  }
}

export class CheckoutService {
  readonly #parts: CheckoutParts;

  constructor(parts: CheckoutParts) {
    this.#parts = parts;
  }

  /** One transaction: the order, its hold and the empty cart, or nothing of it. */
  async checkout(buyer: Buyer, input: CheckoutInput): Promise<Checkout> {
    const { database, carts, products, goods } = this.#parts;
    const errors = brokenRules(input);
    if (errors.any) return { kind: 'invalid', fields: errors.list };
    // Who may see what is asked outside the transaction, of what is in the cart now; what comes in meanwhile counts as not to be had.
    const lines = (await carts.of(buyer.id))?.lines ?? [];
    const variants = await goods.visible(await products.variants(lines.map(({ variantId }) => variantId)), buyer.people);
    const sold = new Map(variants.map((variant) => [variant.id, variant]));
    try {
      return await database.transaction(async (tx) => this.#place(tx, buyer.id, input, sold));
    } catch (error) {
      if (error instanceof Stumbled) return error.outcome;
      if (error instanceof Refused) return { kind: 'invalid', fields: error.fields };
      throw error;
    }
  }

  async #place(tx: Tx, buyerId: string, input: CheckoutInput, sold: ReadonlyMap<string, VariantRow>): Promise<Checkout> {
    const { carts, orders, order, stock, commissionBasisPoints } = this.#parts;
    const orderId = newId();
    const claim = await claimKey(tx, { viewerId: buyerId, mutation: 'checkout', key: input.idempotencyKey, input }, orderId);
    if (claim.kind === 'conflict') return { kind: 'keyConflict' };
    if (claim.kind === 'repeat') return { kind: 'placed', orderId: claim.resultId };
    const cart = await carts.locked(tx, buyerId);
    if (cart.lines.length === 0) throw new Refused([{ path: 'expectedTotal', message: 'The cart is empty.' }]);
    const bought = cart.lines.flatMap((line) => {
      const variant = sold.get(line.variantId);
      return variant === undefined ? [] : [{ line, variant }];
    });
    if (bought.length < cart.lines.length)
      throw short(cart.lines, new Map(bought.map(({ variant }) => [variant.id, variant.availableStock])));
    const total = bought.reduce((sum, { line, variant }) => sum + times(variant.amountMinor, line.quantity), 0n);
    const actual = amountOf(total, bought[0]?.variant.currencyCode ?? '');
    if (!isSame(input.expectedTotal, actual)) throw new Stumbled({ kind: 'totalChanged', expected: input.expectedTotal, actual });
    const held = await stock.hold(tx, { orderId, round: 0, quantities: summed(cart.lines) });
    if (held.kind === 'short') throw short(cart.lines, held.available);
    await failpoint('checkout.held');
    const { parts, lines } = bySeller(bought, commissionBasisPoints);
    const { currencyCode, amountMinor: totalAmount } = actual;
    const placed = { id: orderId, buyerId, currencyCode, totalAmount, address: input.shippingAddress, reservedUntil: order.heldUntil() };
    await orders.insert(tx, placed, parts, lines);
    await carts.empty(tx, cart.id);
    await order.tell(tx, { id: orderId, buyerId, status: 'OPEN', revision: 1 });
    return { kind: 'placed', orderId };
  }
}

function short(lines: readonly CartLineRow[], available: ReadonlyMap<string, number>): Stumbled {
  const wanted = new Map(summed(lines).map(({ variantId, quantity }) => [variantId, quantity]));
  const missing = lines.filter(({ variantId }) => (available.get(variantId) ?? 0) < (wanted.get(variantId) ?? 0));
  return new Stumbled({
    kind: 'outOfStock',
    lines: missing.map(({ id, variantId, quantity }) => ({ lineId: id, requested: quantity, available: available.get(variantId) ?? 0 })),
  });
}

/**
 * One seller order for each shop. Its total is the sum of its lines, so the parts always sum to the whole; what Plaza keeps of it is settled now,
 * whatever the rate will be later.
 */
function bySeller(
  bought: readonly Bought[],
  commissionBasisPoints: number,
): { readonly parts: readonly NewSellerOrder[]; readonly lines: readonly NewOrderLine[] } {
  const shops = new Map<string, { readonly id: string; total: bigint }>();
  const lines = bought.map(({ line, variant }) => {
    const part = shops.get(variant.shopId) ?? { id: newId(), total: 0n };
    shops.set(variant.shopId, part);
    part.total += times(variant.amountMinor, line.quantity);
    return {
      id: newId(),
      sellerOrderId: part.id,
      variantId: variant.id,
      sku: variant.sku,
      productTitle: variant.productTitle,
      variantTitle: variant.title,
      quantity: line.quantity,
      unitAmount: variant.amountMinor,
      postId: line.postId,
    };
  });
  const parts = [...shops].map(([shopId, { id, total }]) => ({
    id,
    shopId,
    totalAmount: String(total),
    commissionAmount: String(commissionOf(total, commissionBasisPoints)),
  }));
  return { parts, lines };
}

function brokenRules({ idempotencyKey, expectedTotal, shippingAddress, shippingMethodId }: CheckoutInput): FieldErrors {
  const errors = new FieldErrors();
  errors.that(isIdempotencyKey(idempotencyKey), 'idempotencyKey', IDEMPOTENCY_KEY_RULE);
  checkAmount(errors, 'expectedTotal', expectedTotal);
  checkAddress(errors, shippingAddress);
  errors.that(shippingMethodId === null || shippingMethodId === STANDARD_SHIPPING, 'shippingMethodId', 'There is no such shipping method.');
  return errors;
}
