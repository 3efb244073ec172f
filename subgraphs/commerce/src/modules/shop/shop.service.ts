import type { People } from '@plaza/calls/people';
import type { Database } from '@plaza/db/database';
import { claimKey } from '@plaza/db/idempotency';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '@plaza/kernel/idempotency-key';
import { isText, refusal, Refused } from '../../refusal.js';
import { canSeeShop } from '../../seller.policy.js';
import type { ShopRow, ShopStore } from './shop.store.js';

const MAX_SHOPS = 10;
const MAX_NAME = 80;
const MAX_DESCRIPTION = 2_000;

export interface NewShop {
  readonly idempotencyKey: string;
  readonly name: string;
  readonly description: string;
}

export type Opening =
  | { readonly kind: 'opened'; readonly shop: ShopRow }
  | { readonly kind: 'keyConflict' }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export class ShopService {
  readonly #database: Database<unknown>;
  readonly #store: ShopStore;

  constructor(database: Database<unknown>, store: ShopStore) {
    this.#database = database;
    this.#store = store;
  }

  /** Those that the viewer may see. */
  async visible(ids: readonly string[], people: People): Promise<readonly ShopRow[]> {
    const shops = await this.#store.byIds(ids);
    const sights = await people.sights(shops.map(({ ownerId }) => ownerId));
    return shops.filter(({ ownerId }) => {
      const sight = sights.get(ownerId);
      return sight !== undefined && canSeeShop(sight);
    });
  }

  async open(ownerId: string, input: NewShop): Promise<Opening> {
    const name = input.name.trim();
    const description = input.description.trim();
    const errors = new FieldErrors();
    errors.that(isIdempotencyKey(input.idempotencyKey), 'idempotencyKey', IDEMPOTENCY_KEY_RULE);
    errors.that(name.length >= 1 && name.length <= MAX_NAME && isText(name), 'name', `A name has 1 to ${MAX_NAME} characters.`);
    errors.that(description.length <= MAX_DESCRIPTION && isText(description), 'description', `At most ${MAX_DESCRIPTION} characters.`);
    if (errors.any) return { kind: 'invalid', fields: errors.list };
    return this.#database
      .transaction<Opening>(async (tx) => {
        const shop: ShopRow = { id: newId(), ownerId, name, description };
        const repeatable = { viewerId: ownerId, mutation: 'openShop', key: input.idempotencyKey, input };
        const claim = await claimKey(tx, repeatable, shop.id);
        if (claim.kind === 'conflict') return { kind: 'keyConflict' };
        if (claim.kind === 'repeat') {
          const [known] = await this.#store.byIds([claim.resultId]);
          if (known === undefined) throw new Error('a shop that was opened is gone');
          return { kind: 'opened', shop: known };
        }
        const count = await this.#store.countForUpdate(tx, ownerId);
        errors.that(count < MAX_SHOPS, 'name', `At most ${MAX_SHOPS} shops.`);
        if (errors.any) throw new Refused(errors.list);
        await this.#store.insert(tx, shop);
        return { kind: 'opened', shop };
      })
      .catch(refusal);
  }
}
