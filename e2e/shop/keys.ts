import { randomUUID } from 'node:crypto';
import { type Answer, type Person, register } from '@plaza/testing/people';
import { ADDRESS } from './address.js';

export interface KeysOptions {
  /** In all, over the four mutations. */
  readonly keys: number;
  /** At once, under one key. */
  readonly repeats: number;
  readonly say: (line: string) => void;
}

const AT_ONCE = 5;
const PRICE = { amountMinor: '500', currencyCode: 'USD' };
const LOOK = `query ($id: ID!) { node(id: $id) { ... on Order { id status paymentStatus payments { id state }
  sellerOrders { id fulfillmentStatus lines { id shippedQuantity refundedQuantity } shipments { id } refunds { id amount { amountMinor } } } } } }`;
/** With the code of any refusal, so that replies can be compared as they are. */
const DOCUMENTS = {
  checkout: `mutation ($input: CheckoutInput!) { checkout(input: $input) { __typename ... on CheckoutOk { order { id number status } } ... on UserError { code } } }`,
  payOrder: `mutation ($input: PayOrderInput!) { payOrder(input: $input) { __typename ... on PayOrderOk { order { id status paymentStatus } } ... on UserError { code } } }`,
  createShipment: `mutation ($input: CreateShipmentInput!) { createShipment(input: $input) { __typename
    ... on CreateShipmentOk { shipment { id trackingCode } sellerOrder { id fulfillmentStatus } } ... on UserError { code } } }`,
  refundOrder: `mutation ($input: RefundOrderInput!) { refundOrder(input: $input) { __typename
    ... on RefundOrderOk { refund { id state amount { amountMinor } } sellerOrder { id status } } ... on UserError { code } } }`,
};
type Mutation = keyof typeof DOCUMENTS;

/** Asks for everything several times at once under one key. @returns how many keys there were, and what went wrong, a line each */
export async function repeatKeys(
  url: string,
  { keys: wanted, repeats, say }: KeysOptions,
): Promise<{ readonly keys: number; readonly faults: readonly string[] }> {
  const orders = Math.ceil(wanted / Object.keys(DOCUMENTS).length);
  const seller = await register(url, 'seller');
  const { shop } = await seller.does('OpenShop', { idempotencyKey: randomUUID(), name: 'Keys' });
  const variants = [{ sku: 'one', title: 'One', price: PRICE, stock: orders * 2 }];
  const { product } = await seller.does('CreateProduct', { idempotencyKey: randomUUID(), shopId: shop.id, title: 'Keys', variants });
  const variantId: string = product.variants[0].id;
  const faults: string[] = [];
  const repeater = new Repeater(repeats, faults);
  const one = async (): Promise<void> => oneOrder(await register(url, 'buyer'), seller, variantId, repeater);
  for (let done = 0; done < orders; done += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, orders - done) }, one));
    if (done % 50 === 0) say(`${done} of ${orders} orders, ${repeater.keys} keys`);
  }
  const { json } = await seller.graphql('query ($id: ID!) { node(id: $id) { ... on Product { variants { availableStock } } } }', {
    id: product.id,
  });
  const left = json.data?.['node'].variants[0].availableStock;
  repeater.must(left === orders * 2, `${left} pieces are left of ${orders * 2}, though all went back`);
  for (const fault of faults.slice(0, 20)) say(fault);
  return { keys: repeater.keys, faults };
}

class Repeater {
  keys = 0;
  readonly #repeats: number;
  readonly #faults: string[];

  constructor(repeats: number, faults: string[]) {
    this.#repeats = repeats;
    this.#faults = faults;
  }

  must(holds: boolean, what: string): void {
    if (!holds) this.#faults.push(what);
  }

  /** The one reply of a mutation that is asked for several times at once, once more, and with another input. */
  async asks(person: Person, mutation: Mutation, input: object, other: object): Promise<Answer> {
    this.keys += 1;
    const idempotencyKey = randomUUID();
    const ask = async (more: object): Promise<string> =>
      (await person.graphql(DOCUMENTS[mutation], { input: { idempotencyKey, ...input, ...more } })).body;
    const replies = await Promise.all(Array.from({ length: this.#repeats }, async () => ask({})));
    replies.push(await ask({}));
    const different = new Set(replies);
    this.must(different.size === 1, `${mutation} answers ${[...different].join(' and ')}`);
    const refused = JSON.parse(await ask(other)).data?.[mutation];
    this.must(refused?.code === 'IDEMPOTENCY_CONFLICT', `${mutation} with another input answers ${JSON.stringify(refused)}`);
    return JSON.parse(replies[0] ?? '{}').data?.[mutation];
  }
}

/** Bought, paid, sent and given back, each under a key that is used again and again. */
async function oneOrder(buyer: Person, seller: Person, variantId: string, repeater: Repeater): Promise<void> {
  await buyer.plays('SetCartLine', { input: { variantId, quantity: 1 } });
  const checkout = { expectedTotal: PRICE, shippingAddress: ADDRESS };
  const address = { ...ADDRESS, city: 'Hue' };
  const { order } = await repeater.asks(buyer, 'checkout', checkout, { shippingAddress: address });
  const payment = { orderId: order.id, paymentMethod: { provider: 'test', token: 'ok' } };
  const paid = await repeater.asks(buyer, 'payOrder', payment, { paymentMethod: { provider: 'test', token: 'later' } });
  repeater.must(paid.order?.paymentStatus === 'PAID', `an order is ${paid.order?.paymentStatus}`);
  const look = async (): Promise<Answer> => (await buyer.graphql(LOOK, { id: order.id })).json.data?.['node'];
  const [part] = (await look()).sellerOrders;
  const [line] = part.lines;
  const parcel = { sellerOrderId: part.id, carrier: 'VNPost', lines: [{ orderLineId: line.id, quantity: 1 }] };
  await repeater.asks(seller, 'createShipment', parcel, { carrier: 'DHL' });
  const refund = { sellerOrderId: part.id, lines: [{ orderLineId: line.id, quantity: 1 }], restock: true };
  await repeater.asks(seller, 'refundOrder', refund, { restock: false });
  const after = await look();
  const [once] = after.sellerOrders;
  repeater.must(after.payments.length === 1 && after.paymentStatus === 'REFUNDED', `an order ends as ${JSON.stringify(after)}`);
  repeater.must(once.shipments.length === 1 && once.lines[0].shippedQuantity === 1, `it was sent ${JSON.stringify(once)}`);
  repeater.must(once.refunds.length === 1 && once.lines[0].refundedQuantity === 1, `it was given back ${JSON.stringify(once)}`);
}
