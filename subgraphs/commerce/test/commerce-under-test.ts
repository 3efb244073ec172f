import { CallClient } from '@plaza/calls/call-client';
import { userStates } from '@plaza/calls/contracts/accounts.calls';
import { offerProduct } from '@plaza/calls/contracts/commerce.calls';
import { ownMedia, visiblePosts } from '@plaza/calls/contracts/content.calls';
import { relationEpochs, relations } from '@plaza/calls/contracts/social.calls';
import type { SubgraphPort } from '@plaza/calls/subgraph-port';
import { assertionBody } from '@plaza/calls/subgraph-port';
import { type Database, openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { createDatabases } from '@plaza/testing/databases';
import { gatewayAt, testHost, viewerClaims } from '@plaza/testing/subgraph-door';
import type { RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import { createLogger, type LogLevel } from '@plaza/telemetry/logger';
import { type Relation, STRANGERS } from '@plaza/visibility/relation';
import type { CommerceConfig } from '../src/config.js';
import { startCommerce } from '../src/server.js';

/** What the other rooms say; tests change it. */
export interface Others {
  /** `${viewer} ${other}` */
  readonly relations: Map<string, Relation>;
  readonly hiddenPosts: Set<string>;
  readonly media: Set<string>;
}

export interface Payload {
  readonly __typename: string;
  readonly code?: string;
  readonly fields?: readonly { readonly path: string }[];
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [field: string]: any;
}

export class CommerceUnderTest {
  readonly others: Others = { relations: new Map(), hiddenPosts: new Set(), media: new Set() };
  readonly time = { offset: 0 };
  running!: RunningSubgraph;
  database!: Database<unknown>;
  #stop: (() => Promise<void>)[] = [];

  static async start(options: Partial<CommerceConfig> = {}): Promise<CommerceUnderTest> {
    const world = new CommerceUnderTest();
    const databases = await createDatabases(['commerce']);
    world.running = await startCommerce(
      {
        ...testHost('commerce', databases.urls.commerce, '/nowhere', (name) => world.#port(name)),
        logger: createLogger((process.env['PLAZA_TEST_LOG'] ?? 'silent') as LogLevel, 'commerce'), // pino refuses any other word
        clock: { now: () => new Date(Date.now() + world.time.offset) },
      },
      options,
    );
    world.database = openDatabase({ url: databases.urls.commerce, poolSize: 2, prisma: () => ({ $disconnect: async () => {} }) });
    world.#stop = [() => world.running.stop(), () => world.database.close(), () => databases.drop()];
    return world;
  }

  async stop(): Promise<void> {
    for (const end of this.#stop) await end();
  }

  /** Runs a mutation by its name; the payload with everything that a test may want. */
  async does(viewerId: string | null, name: string, type: string, input: Record<string, unknown>, selection = ''): Promise<Payload> {
    const errors = '... on UserError { code message } ... on ValidationError { fields { path } }';
    const validates = !['cancelOrder', 'markDelivered'].includes(name);
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${validates ? errors : '... on UserError { code message }'} ${selection} } }`;
    const answer = await this.asks(viewerId, query, { input });
    return answer[name] as Payload;
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  async asks(viewerId: string | null, query: string, variables: Record<string, unknown> = {}): Promise<any> {
    const claims = viewerId === null ? null : viewerClaims(viewerId);
    const { data, errors } = await gatewayAt(this.running)(query, variables, claims);
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Somebody with a shop and a product whose variants cost and are there as said. @returns the variants' ids */
  async sells(
    variants: readonly { readonly amount: number; readonly stock: number }[],
    currencyCode = 'USD',
    seller = newId(),
  ): Promise<Goods> {
    const calls = new CallClient('content', testHost('content', '', '').assertions, () => this.running);
    const { productId } = await calls.ask(
      offerProduct,
      {
        sellerId: seller,
        shopName: 'Tea and paper',
        title: 'Green tea',
        currencyCode,
        variants: variants.map(({ amount, stock }, index) => ({
          sku: `s${index}`,
          title: `Size ${index}`,
          amountMinor: String(amount),
          stock,
        })),
      },
      { viewer: null, requestId: newId() },
    );
    const rows = await this.database.sql<{ id: string }>`SELECT id FROM variant WHERE product_id = ${productId} ORDER BY position`;
    return { seller, product: toTypeId('product', productId), variants: rows.map(({ id }) => toTypeId('variant', id)) };
  }

  async puts(buyer: string, variantId: string, quantity: number, postId?: string): Promise<Payload> {
    const selection = `... on SetCartLineOk { cart { id total { amountMinor currencyCode } lines { id quantity variant { id sku } post { __typename ref } } warnings { code lineId } } }`;
    return this.does(
      buyer,
      'setCartLine',
      'SetCartLineInput',
      { variantId, quantity, ...(postId === undefined ? {} : { postId }) },
      selection,
    );
  }

  async checksOut(buyer: string, amount: number, more: Record<string, unknown> = {}, currencyCode = 'USD'): Promise<Payload> {
    return this.does(
      buyer,
      'checkout',
      'CheckoutInput',
      { idempotencyKey: newId(), expectedTotal: { amountMinor: String(amount), currencyCode }, shippingAddress: ADDRESS, ...more },
      `... on CheckoutOk { order { ${ORDER} } } ... on OutOfStockError { lines { lineId requested available } }
       ... on TotalChangedError { expected { amountMinor } actual { amountMinor currencyCode } }`,
    );
  }

  async pays(buyer: string, orderId: string, token = 'ok', more: Record<string, unknown> = {}): Promise<Payload> {
    return this.does(
      buyer,
      'payOrder',
      'PayOrderInput',
      { idempotencyKey: newId(), orderId, paymentMethod: { provider: 'test', token }, ...more },
      `... on PayOrderOk { order { ${ORDER} } nextAction { redirectUrl } } ... on ConflictError { from to }`,
    );
  }

  async order(buyer: string, id: string): Promise<Payload> {
    const data = await this.asks(buyer, `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order { ${ORDER} } } }`, {
      of: [{ __typename: 'Order', id }],
    });
    return data._entities[0];
  }

  /** Of a variant: there, held. */
  async stock(variantId: string): Promise<readonly [number, number]> {
    const [row] = await this.database.sql<{ reserved: number; onHand: number }>`
      SELECT reserved, on_hand AS "onHand" FROM stock WHERE variant_id = ${fromTypeId('variant', variantId)}`;
    if (row === undefined) throw new Error('no such stock');
    return [row.onHand, row.reserved];
  }

  /** Whether everything that must always hold holds: the ledger is even, stock is the sum of its moves. */
  async balanced(): Promise<boolean> {
    const uneven = await this.database.sql`SELECT currency_code FROM ledger_entry GROUP BY currency_code HAVING sum(amount) <> 0`;
    const drifted = await this.database.sql`
      SELECT stock.variant_id FROM stock LEFT JOIN stock_move AS move ON move.variant_id = stock.variant_id
      GROUP BY stock.variant_id, stock.on_hand, stock.reserved
      HAVING stock.on_hand <> coalesce(sum(move.on_hand), 0) OR stock.reserved <> coalesce(sum(move.reserved), 0)`;
    return uneven.length === 0 && drifted.length === 0;
  }

  /** What the deposits of all orders hold: money that is neither a seller's nor given back. */
  async deposits(): Promise<number> {
    const [row] = await this.database.sql<{
      sum: string | null;
    }>`SELECT sum(amount)::text AS sum FROM ledger_entry WHERE account LIKE 'deposit:%'`;
    return Number(row?.sum ?? 0);
  }

  follow(buyer: string, orderId: string): ReturnType<SubgraphPort['subscribe']> {
    const host = testHost('commerce', '', '');
    const request = { query: `subscription ($id: ID!) { orderChanged(id: $id) { status paymentStatus } }`, variables: { id: orderId } };
    const claims = { viewer: viewerClaims(buyer), issuer: 'gateway', requestId: newId(), address: null, userAgent: null };
    return this.running.subscribe(request, host.assertions.mint(claims, 'commerce', assertionBody.subscribe(request)));
  }

  #port(name: SubgraphName): SubgraphPort {
    const answers: Readonly<Record<string, (input: unknown) => unknown>> = {
      [userStates.name]: (input) => ({
        states: userStates.input.parse(input).userIds.map((userId) => ({ userId, state: 'ACTIVE', isLocked: false })),
      }),
      [relationEpochs.name]: () => ({ epochs: [] }),
      [relations.name]: (input) => {
        const { userId, otherIds } = relations.input.parse(input);
        return { relations: otherIds.map((otherId) => ({ ...(this.others.relations.get(`${userId} ${otherId}`) ?? STRANGERS), otherId })) };
      },
      [visiblePosts.name]: (input) => ({
        posts: visiblePosts.input
          .parse(input)
          .postIds.filter((postId) => !this.others.hiddenPosts.has(postId))
          .map((postId) => ({ postId, authorId: newId(), audience: 'PUBLIC' })),
      }),
      [ownMedia.name]: (input) => ({ mediaIds: ownMedia.input.parse(input).mediaIds.filter((id) => this.others.media.has(id)) }),
    };
    const nothing = (): never => {
      throw new Error('not asked in these tests');
    };
    return {
      name,
      execute: nothing,
      subscribe: nothing,
      call: async (call, input) => answers[call]?.(input),
      deliver: async () => undefined,
      ready: async () => true,
    };
  }
}

export interface Goods {
  readonly seller: string;
  readonly product: string;
  readonly variants: readonly string[];
}

export const ADDRESS = { name: 'Binh', line1: '1 Hang Gai', city: 'Ha Noi', postalCode: '10000', countryCode: 'VN' };

const ORDER = `id number status paymentStatus reservedUntil total { amountMinor currencyCode }
  sellerOrders { id status fulfillmentStatus total { amountMinor } shop { name } lines { id quantity variant { sku } attributedPost { ref } } }
  payments { state events { type } }`;
