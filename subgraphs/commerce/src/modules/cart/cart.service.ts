import type { CallClient } from '@plaza/calls/call-client';
import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import type { Database } from '@plaza/db/database';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import type { Buyer } from '../../buyer.js';
import { refusal, Refused } from '../../refusal.js';
import type { ProductService } from '../product/product.service.js';
import type { ProductStore } from '../product/product.store.js';
import type { CartRow, CartStore } from './cart.store.js';

const MAX_QUANTITY = 999;
export const MAX_LINES = 100;

export type Setting =
  | { readonly kind: 'set'; readonly cart: CartRow }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export interface LineWish {
  readonly variantId: string;
  /** Absolute; 0 takes the line out. */
  readonly quantity: number;
  readonly postId: string | null;
}

export interface CartParts {
  readonly database: Database<unknown>;
  readonly carts: CartStore;
  readonly products: ProductStore;
  readonly goods: ProductService;
  readonly calls: CallClient;
}

export class CartService {
  readonly #parts: CartParts;

  constructor(parts: CartParts) {
    this.#parts = parts;
  }

  async of(ownerId: string): Promise<CartRow | null> {
    return this.#parts.carts.of(ownerId);
  }

  async set(buyer: Buyer, wish: LineWish): Promise<Setting> {
    const { database, carts, products, goods } = this.#parts;
    const before = await carts.of(buyer.id);
    const [variant] = await goods.visible(await products.variants([wish.variantId]), buyer.people);
    const isIn = before?.lines.some(({ variantId }) => variantId === wish.variantId) === true;
    // What is no longer sold can still be taken out.
    if (variant === undefined && !(isIn && wish.quantity === 0)) return { kind: 'missing' };
    const errors = new FieldErrors();
    errors.that(wish.quantity >= 0 && wish.quantity <= MAX_QUANTITY, 'quantity', `A quantity is 0 to ${MAX_QUANTITY}.`);
    if (wish.postId !== null) errors.that(await this.#isVisible(wish.postId, buyer), 'postId', 'There is no such post.');
    if (errors.any) return { kind: 'invalid', fields: errors.list };
    return database
      .transaction(async (tx) => {
        const cart = await carts.locked(tx, buyer.id);
        if (variant === undefined || wish.quantity === 0) await carts.take(tx, cart.id, wish.variantId);
        else {
          const others = cart.lines.filter(({ variantId }) => variantId !== wish.variantId);
          if (others.length >= MAX_LINES) throw new Refused([{ path: 'variantId', message: `A cart has at most ${MAX_LINES} lines.` }]);
          const currency = others[0]?.currencyCode ?? variant.currencyCode;
          if (currency !== variant.currencyCode)
            throw new Refused([{ path: 'variantId', message: `The cart is in ${currency}; one cart has one currency.` }]);
          await carts.put(tx, cart.id, { ...wish, seenAmount: variant.amountMinor });
        }
        return { kind: 'set', cart: await carts.asOfNow(tx, cart.id) } as const;
      })
      .catch(refusal);
  }

  async #isVisible(postId: string, { asker }: Buyer): Promise<boolean> {
    const { posts } = await this.#parts.calls.ask(visiblePosts, { postIds: [postId] }, asker);
    return posts.length > 0;
  }
}
