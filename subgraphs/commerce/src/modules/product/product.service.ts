import type { CallClient } from '@plaza/calls/call-client';
import { ownMedia } from '@plaza/calls/contracts/content.calls';
import type { People } from '@plaza/calls/people';
import type { Database } from '@plaza/db/database';
import { claimKey } from '@plaza/db/idempotency';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import type { Page, PageRequest } from '@plaza/kernel/page';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '@plaza/kernel/idempotency-key';
import type { Buyer } from '../../buyer.js';
import { isText, refusal, Refused } from '../../refusal.js';
import { canChangeShop, canSeeShop } from '../../seller.policy.js';
import type { ShopStore } from '../shop/shop.store.js';
import type { StockStore } from '../../stock/stock.store.js';
import { type Amount, checkAmount } from '../../money/amount.js';
import type { NewVariant, ProductStore } from './product.store.js';

const MAX_TITLE = 120;
const MAX_DESCRIPTION = 4_000;
const MAX_VARIANTS = 20;
const MAX_MEDIA = 10;
const MAX_SKU = 40;
const MAX_ALT_TEXT = 1_500;
const MAX_STOCK = 1_000_000;

/** What somebody wants to sell. */
export interface ProductDraft {
  readonly idempotencyKey: string;
  readonly shopId: string;
  readonly title: string;
  readonly description: string;
  readonly media: readonly { readonly mediaId: string; readonly altText: string | null }[];
  readonly variants: readonly VariantDraft[];
}

export interface VariantDraft {
  readonly sku: string;
  readonly title: string;
  readonly price: Amount;
  readonly stock: number;
}

/** What the demo and tests put on sale, checked by whoever asks. */
export interface Offer {
  readonly mediaIds: readonly string[];
  readonly title: string;
  readonly currencyCode: string;
  readonly variants: readonly (Omit<NewVariant, 'id'> & { readonly stock: number })[];
}

type Refusal = { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };
export type Creating = { readonly kind: 'created'; readonly productId: string } | { readonly kind: 'missing' | 'keyConflict' } | Refusal;
export type Adjusting = { readonly kind: 'adjusted' } | { readonly kind: 'missing' | 'keyConflict' } | Refusal;

export interface ProductParts {
  readonly database: Database<unknown>;
  readonly products: ProductStore;
  readonly shops: ShopStore;
  readonly stock: StockStore;
  readonly calls: CallClient;
}

export class ProductService {
  readonly #parts: ProductParts;

  constructor(parts: ProductParts) {
    this.#parts = parts;
  }

  /** Those of the products that are on sale. */
  async existing(ids: readonly string[]): Promise<readonly string[]> {
    return (await this.#parts.products.onSale(ids)).map(({ id }) => id);
  }

  /** What a shop sells, the newest first. */
  async ofShop(shopId: string, { first, after }: PageRequest): Promise<Page<{ readonly id: string; readonly createdAt: Date }>> {
    return this.#parts.products.ofShop(shopId, first, after);
  }

  /** Those of somebody's goods that the viewer may see. */
  async visible<T extends { readonly ownerId: string }>(goods: readonly T[], people: People): Promise<readonly T[]> {
    const sights = await people.sights(goods.map(({ ownerId }) => ownerId));
    return goods.filter(({ ownerId }) => {
      const sight = sights.get(ownerId);
      return sight !== undefined && canSeeShop(sight);
    });
  }

  /** Puts a product on sale in the seller's first shop, which is opened if there is none. Returns its id. */
  async offer(sellerId: string, shopName: string, { variants, ...offer }: Offer): Promise<string> {
    const { database, products, shops, stock } = this.#parts;
    return database.transaction(async (tx) => {
      await shops.countForUpdate(tx, sellerId);
      const known = await shops.first(tx, sellerId);
      const shopId = known ?? newId();
      if (known === null) await shops.insert(tx, { id: shopId, ownerId: sellerId, name: shopName, description: '' });
      const made = variants.map((variant) => ({ ...variant, id: newId() }));
      const productId = newId();
      await products.insert(tx, productId, shopId, { ...offer, description: '', variants: made });
      await stock.create(
        tx,
        made.map(({ id, stock: quantity }) => ({ variantId: id, quantity })),
      );
      return productId;
    });
  }

  async create(seller: Buyer, draft: ProductDraft): Promise<Creating> {
    const { database, products, shops, stock, calls } = this.#parts;
    const [shop] = await shops.byIds([draft.shopId]);
    if (shop === undefined || !canChangeShop(seller.id, shop)) return { kind: 'missing' };
    const errors = brokenRules(draft);
    if (!errors.any && draft.media.length > 0) {
      const own = new Set((await calls.ask(ownMedia, { mediaIds: draft.media.map(({ mediaId }) => mediaId) }, seller.asker)).mediaIds);
      for (const [index, { mediaId }] of draft.media.entries())
        errors.that(own.has(mediaId), `media.${index}.mediaId`, 'No such media of yours is ready.');
    }
    if (errors.any) return { kind: 'invalid', fields: errors.list };
    return database.transaction(async (tx) => {
      const productId = newId();
      const claim = await claimKey(
        tx,
        { viewerId: seller.id, mutation: 'createProduct', key: draft.idempotencyKey, input: draft },
        productId,
      );
      if (claim.kind === 'conflict') return { kind: 'keyConflict' };
      if (claim.kind === 'repeat') return { kind: 'created', productId: claim.resultId };
      const variants = draft.variants.map(({ price, ...variant }) => ({ ...variant, id: newId(), amountMinor: price.amountMinor }));
      await products.insert(tx, productId, draft.shopId, {
        title: draft.title.trim(),
        description: draft.description.trim(),
        currencyCode: draft.variants[0]?.price.currencyCode ?? '',
        mediaIds: draft.media.map(({ mediaId }) => mediaId),
        variants,
      });
      await stock.create(
        tx,
        variants.map(({ id, stock: quantity }) => ({ variantId: id, quantity })),
      );
      return { kind: 'created', productId };
    });
  }

  async adjustStock(
    seller: Buyer,
    input: { readonly idempotencyKey: string; readonly variantId: string; readonly change: number },
  ): Promise<Adjusting> {
    const { database, products, stock } = this.#parts;
    const [variant] = await products.variants([input.variantId]);
    if (variant === undefined || !canChangeShop(seller.id, variant)) return { kind: 'missing' };
    const errors = new FieldErrors();
    errors.that(isIdempotencyKey(input.idempotencyKey), 'idempotencyKey', IDEMPOTENCY_KEY_RULE);
    errors.that(
      input.change !== 0 && Math.abs(input.change) <= MAX_STOCK,
      'change',
      `A change is up to ${MAX_STOCK} either way, and not 0.`,
    );
    if (errors.any) return { kind: 'invalid', fields: errors.list };
    return database
      .transaction(async (tx) => {
        const claim = await claimKey(
          tx,
          { viewerId: seller.id, mutation: 'adjustStock', key: input.idempotencyKey, input },
          input.variantId,
        );
        if (claim.kind === 'conflict') return { kind: 'keyConflict' } as const;
        if (claim.kind === 'first' && !(await stock.adjust(tx, input.variantId, input.change))) {
          throw new Refused([{ path: 'change', message: 'Less would be left than is held in checkouts.' }]);
        }
        return { kind: 'adjusted' } as const;
      })
      .catch(refusal);
  }
}

function brokenRules({ idempotencyKey, title, description, media, variants }: ProductDraft): FieldErrors {
  const errors = new FieldErrors();
  errors.that(isIdempotencyKey(idempotencyKey), 'idempotencyKey', IDEMPOTENCY_KEY_RULE);
  const fits = (text: string, least: number, most: number): boolean =>
    text.trim().length >= least && text.trim().length <= most && isText(text);
  errors.that(fits(title, 1, MAX_TITLE), 'title', `A title has 1 to ${MAX_TITLE} characters.`);
  errors.that(fits(description, 0, MAX_DESCRIPTION), 'description', `At most ${MAX_DESCRIPTION} characters.`);
  errors.that(media.length <= MAX_MEDIA, 'media', `At most ${MAX_MEDIA} media.`);
  errors.that(new Set(media.map(({ mediaId }) => mediaId)).size === media.length, 'media', 'Each media once.');
  for (const [index, { altText }] of media.entries())
    errors.that(altText === null || fits(altText, 0, MAX_ALT_TEXT), `media.${index}.altText`, `At most ${MAX_ALT_TEXT} characters.`);
  errors.that(variants.length >= 1 && variants.length <= MAX_VARIANTS, 'variants', `1 to ${MAX_VARIANTS} variants.`);
  const skus = new Set<string>();
  for (const [index, variant] of variants.slice(0, MAX_VARIANTS).entries()) {
    const path = `variants.${index}`;
    errors.that(fits(variant.sku, 1, MAX_SKU), `${path}.sku`, `A SKU has 1 to ${MAX_SKU} characters.`);
    errors.that(!skus.has(variant.sku), `${path}.sku`, 'Each SKU once.');
    skus.add(variant.sku);
    errors.that(fits(variant.title, 1, MAX_TITLE), `${path}.title`, `A title has 1 to ${MAX_TITLE} characters.`);
    checkAmount(errors, `${path}.price`, variant.price);
    errors.that(
      variant.price.currencyCode === variants[0]?.price.currencyCode,
      `${path}.price.currencyCode`,
      'All variants have one currency.',
    );
    errors.that(variant.stock >= 0 && variant.stock <= MAX_STOCK, `${path}.stock`, `A stock is 0 to ${MAX_STOCK}.`);
  }
  return errors;
}
