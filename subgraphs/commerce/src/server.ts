import { buildSubgraphSchema } from '@apollo/subgraph';
import { deriveKey } from '@plaza/auth/keys';
import { peopleByCalls } from '@plaza/calls/people';
import { openDatabase } from '@plaza/db/database';
import { Outbox } from '@plaza/events/outbox';
import { every } from '@plaza/kernel/every';
import { PrismaClient } from '@plaza/prisma/commerce';
import { relayFor, runSubgraph, type RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { type CommerceConfig, readConfig } from './config.js';
import { Context, type LoaderParts, type Services } from './context.js';
import { CartService } from './modules/cart/cart.service.js';
import { CartStore } from './modules/cart/cart.store.js';
import { CheckoutService } from './modules/order/checkout.service.js';
import { OrderService } from './modules/order/order.service.js';
import { OrderStore } from './modules/order/order.store.js';
import type { PaymentProvider } from './modules/payment/payment-provider.js';
import { PaymentService } from './modules/payment/payment.service.js';
import { PaymentStore } from './modules/payment/payment.store.js';
import { ProviderInbox } from './modules/payment/provider-inbox.service.js';
import { providerNotices } from './modules/payment/provider-notices.router.js';
import { StripeClient } from './modules/payment/stripe-client.js';
import { StripeProvider } from './modules/payment/stripe-provider.js';
import { TestChargeStore } from './modules/payment/test-charge.store.js';
import { TestProvider } from './modules/payment/test-provider.js';
import { productCalls } from './modules/product/product.calls.js';
import { ProductService } from './modules/product/product.service.js';
import { ProductStore } from './modules/product/product.store.js';
import { RefundService } from './modules/refund/refund.service.js';
import { RefundStore } from './modules/refund/refund.store.js';
import { resolvers } from './modules/resolvers.generated.js';
import { ShipmentService } from './modules/shipment/shipment.service.js';
import { ShipmentStore } from './modules/shipment/shipment.store.js';
import { ShopService } from './modules/shop/shop.service.js';
import { ShopStore } from './modules/shop/shop.store.js';
import { StockStore } from './stock/stock.store.js';
import { typeDefs } from './modules/typeDefs.generated.js';

/** Holds that have run out are let go of, and payments that nobody is at go on, within this time and the time of the steps. */
const TEND_MS = 1_000;

export async function startCommerce(host: SubgraphHost, options: Partial<CommerceConfig> = {}): Promise<RunningSubgraph> {
  const { poolSize, holdMs, commissionBasisPoints, hasTestProvider, testDelayMs, stripe } = { ...readConfig(process.env), ...options };
  const { calls, clock, logger, bus } = host;
  const database = openDatabase({ url: host.databaseUrl, poolSize, prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }) });
  const relay = relayFor('commerce', database, host);
  const outbox = new Outbox(relay.wake);
  const stock = new StockStore();
  const products = new ProductStore(database);
  const shops = new ShopStore(database);
  const carts = new CartStore(database);
  const orders = new OrderStore(database);
  const payments = new PaymentStore(database);
  const shipments = new ShipmentStore(database);
  const refunds = new RefundStore(database);

  const goods = new ProductService({ database, products, shops, stock, calls });
  const order = new OrderService({ database, orders, stock, outbox, bus, clock, holdMs });
  const providers = new Map<string, PaymentProvider>();
  const payment = new PaymentService({ database, payments, orders, order, providers, clock, logger });
  const refund = new RefundService({ database, refunds, payments, orders, order, stock, providers, clock, logger });
  const inbox = new ProviderInbox({
    payments,
    providers,
    async advance(paymentId) {
      await payment.advance(paymentId);
      await refund.advanceOf(paymentId);
    },
  });
  const testProvider = new TestProvider({
    store: new TestChargeStore(database),
    key: deriveKey(host.secret, 'test provider'),
    clock,
    delayMs: testDelayMs,
    send(body, signature) {
      inbox.receive('test', body, () => signature).catch((error: unknown) => logger.warn({ err: error }, 'a notice was lost'));
    },
  });
  if (hasTestProvider) providers.set(testProvider.name, testProvider);
  if (stripe !== null) {
    const { apiUrl, secretKey, webhookSecret, returnUrl } = stripe;
    const client = new StripeClient(apiUrl, secretKey);
    providers.set('stripe', new StripeProvider({ client, webhookSecret, returnUrl, clock, logger }));
  }
  const services: Services = {
    shop: new ShopService(database, shops),
    product: goods,
    cart: new CartService({ database, carts, products, goods, calls }),
    checkout: new CheckoutService({ database, carts, products, goods, orders, stock, order, commissionBasisPoints }),
    order,
    payment,
    shipment: new ShipmentService({ database, shipments, orders, order, clock }),
    refund,
  };
  const parts: LoaderParts = { calls, cache: host.people, source: peopleByCalls(calls), products, orders, payments, shipments, refunds };
  const tending = every(
    TEND_MS,
    async () => {
      await order.expire();
      await payment.advanceDue();
      await refund.advanceDue();
    },
    (error) => logger.warn({ err: error }, 'orders wait to be tended'),
  );

  return runSubgraph(
    {
      name: 'commerce',
      schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
      database,
      context: (scope) => new Context(scope, { services, parts, bus }),
      calls: productCalls(goods),
      reactions: [],
      routes: providerNotices(inbox),
      async stop() {
        testProvider.stop();
        await tending.stop();
      },
    },
    host,
    relay,
  );
}
