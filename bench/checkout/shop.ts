import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { toTypeId } from '@plaza/kernel/type-id';
import { idOf } from '../dataset/ids.js';
import { askOnce } from '@plaza/db/with-client';
import type { BenchPlaza } from '../plaza.js';

const PRICE = { amountMinor: '500', currencyCode: 'USD' };
const ADDRESS = { name: 'Binh', line1: '1 Hang Gai', city: 'Ha Noi', postalCode: '10000', countryCode: 'VN' };
const VARIANTS_A_PRODUCT = 20;
const AT_ONCE = 8;
const SELLER = 0;

const operation = (name: string): string => readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');
const CHECKOUT = operation('Checkout');
const PAY = operation('Pay');

/** A buyer whose cart holds one thing. */
export interface Prepared {
  readonly token: string;
}

interface Payload {
  readonly data?: Readonly<Record<string, { readonly order?: { readonly id: string; readonly status: string } }>> | null;
}

/** A shop of the dataset's first person, with goods for a benchmark. */
export class CheckoutShop {
  readonly #plaza: BenchPlaza;
  readonly #variants: readonly string[];

  private constructor(plaza: BenchPlaza, variants: readonly string[]) {
    this.#plaza = plaza;
    this.#variants = variants;
  }

  /** With so many variants, and `pieces` of each. */
  static async open(plaza: BenchPlaza, variants: number, pieces: number): Promise<CheckoutShop> {
    const token = await plaza.token(SELLER);
    const does = async (query: string, input: object): Promise<void> => {
      const body = await asks(plaza, token, query, { idempotencyKey: randomUUID(), ...input });
      if (!body.includes('Ok"')) throw new Error(body);
    };
    const commerce = plaza.databases.commerce;
    const shopsOf = async () => askOnce<{ id: string }>(commerce, `SELECT id FROM shop WHERE owner_id = '${idOf('user', SELLER)}' LIMIT 1`);
    if ((await shopsOf()).length === 0)
      await does('mutation ($input: OpenShopInput!) { openShop(input: $input) { __typename } }', { name: 'Bench' });
    const [shop] = await shopsOf();
    if (shop === undefined) throw new Error('there is no shop');
    const title = `Bench ${randomUUID()}`;
    for (let made = 0; made < variants; made += VARIANTS_A_PRODUCT) {
      const count = Math.min(VARIANTS_A_PRODUCT, variants - made);
      await does('mutation ($input: CreateProductInput!) { createProduct(input: $input) { __typename } }', {
        shopId: toTypeId('shop', shop.id),
        title,
        variants: Array.from({ length: count }, (_, index) => ({ sku: `s${index}`, title: 'One', price: PRICE, stock: pieces })),
      });
    }
    const rows = await askOnce<{ id: string }>(
      commerce,
      `SELECT variant.id FROM variant JOIN product ON product.id = variant.product_id WHERE product.title = '${title}'`,
    );
    return new CheckoutShop(
      plaza,
      rows.map(({ id }) => toTypeId('variant', id)),
    );
  }

  /** Fills the carts of so many people, each with one thing. */
  async prepare(buyers: number): Promise<readonly Prepared[]> {
    const prepared: Prepared[] = [];
    const query = 'mutation ($input: SetCartLineInput!) { setCartLine(input: $input) { __typename } }';
    const numbers = Array.from({ length: buyers }, (_, n) => n + 1).values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const n of numbers) {
          const token = await this.#plaza.token(n);
          const body = await asks(this.#plaza, token, query, { variantId: this.#variants[n % this.#variants.length], quantity: 1 });
          if (!body.includes('SetCartLineOk')) throw new Error(body);
          prepared.push({ token });
        }
      }),
    );
    return prepared;
  }

  async checksOut({ token }: Prepared, idempotencyKey: string): Promise<{ readonly orderId: string | null; readonly body: string }> {
    const body = await asks(this.#plaza, token, CHECKOUT, { idempotencyKey, expectedTotal: PRICE, shippingAddress: ADDRESS });
    return { orderId: parsed(body).data?.['checkout']?.order?.id ?? null, body };
  }

  async pays({ token }: Prepared, orderId: string, idempotencyKey: string): Promise<{ readonly isPaid: boolean; readonly body: string }> {
    const body = await asks(this.#plaza, token, PAY, { idempotencyKey, orderId, paymentMethod: { provider: 'test', token: 'ok' } });
    return { isPaid: parsed(body).data?.['payOrder']?.order?.status === 'CONFIRMED', body };
  }

  /** Whether the books are even after all that was bought. */
  async books(): Promise<string> {
    const wrong = await askOnce(
      this.#plaza.databases.commerce,
      `SELECT 1 FROM ledger_entry GROUP BY currency_code HAVING sum(amount) <> 0
       UNION ALL SELECT 1 FROM stock JOIN stock_move AS move ON move.variant_id = stock.variant_id
         GROUP BY stock.variant_id HAVING stock.on_hand <> sum(move.on_hand) OR stock.reserved <> sum(move.reserved)`,
    );
    return wrong.length === 0 ? 'the books are even' : 'THE BOOKS ARE OFF';
  }
}

async function asks({ url }: BenchPlaza, token: string, query: string, input: object): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { input } }),
  });
  return response.text();
}

const parsed = (body: string): Payload => JSON.parse(body) as Payload; // our own graph's answer
