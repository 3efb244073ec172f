import type { CallClient } from '@plaza/calls/call-client';
import { People, type PeopleCache, type PeopleSource } from '@plaza/calls/people';
import type { LiveBus } from '@plaza/live/live-bus';
import { type RequestScope, requireViewer } from '@plaza/subgraph/request-scope';
import type { Buyer } from './buyer.js';
import type { CartService } from './modules/cart/cart.service.js';
import type { CheckoutService } from './modules/order/checkout.service.js';
import { type OrderLoaders, orderLoaders } from './modules/order/order.loaders.js';
import type { OrderService } from './modules/order/order.service.js';
import type { OrderStore } from './modules/order/order.store.js';
import { type PaymentLoaders, paymentLoaders } from './modules/payment/payment.loaders.js';
import type { PaymentService } from './modules/payment/payment.service.js';
import type { PaymentStore } from './modules/payment/payment.store.js';
import { type ProductLoaders, productLoaders } from './modules/product/product.loaders.js';
import type { ProductService } from './modules/product/product.service.js';
import type { ProductStore } from './modules/product/product.store.js';
import { type ShopLoaders, shopLoaders } from './modules/shop/shop.loaders.js';
import { type RefundLoaders, refundLoaders } from './modules/refund/refund.loaders.js';
import type { RefundService } from './modules/refund/refund.service.js';
import type { RefundStore } from './modules/refund/refund.store.js';
import { type ShipmentLoaders, shipmentLoaders } from './modules/shipment/shipment.loaders.js';
import type { ShipmentService } from './modules/shipment/shipment.service.js';
import type { ShipmentStore } from './modules/shipment/shipment.store.js';
import type { ShopService } from './modules/shop/shop.service.js';

/** What decides; one of each in the process. */
export interface Services {
  readonly shop: ShopService;
  readonly product: ProductService;
  readonly cart: CartService;
  readonly checkout: CheckoutService;
  readonly order: OrderService;
  readonly payment: PaymentService;
  readonly shipment: ShipmentService;
  readonly refund: RefundService;
}

/** What every request's loaders are made of. */
export interface LoaderParts {
  readonly calls: CallClient;
  readonly cache: PeopleCache;
  readonly source: PeopleSource;
  readonly products: ProductStore;
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly shipments: ShipmentStore;
  readonly refunds: RefundStore;
}

export type Loaders = ProductLoaders & ShopLoaders & OrderLoaders & PaymentLoaders & ShipmentLoaders & RefundLoaders;

/** One request. */
export class Context {
  readonly scope: RequestScope;
  readonly services: Services;
  readonly bus: LiveBus;
  readonly people: People;
  readonly #parts: LoaderParts;
  #loaders: Loaders;

  constructor(scope: RequestScope, shared: { readonly services: Services; readonly parts: LoaderParts; readonly bus: LiveBus }) {
    this.scope = scope;
    this.services = shared.services;
    this.bus = shared.bus;
    this.people = new People(scope, shared.parts.source, shared.parts.cache);
    this.#parts = shared.parts;
    this.#loaders = this.#read();
  }

  /** What this request has read. */
  get loaders(): Loaders {
    return this.#loaders;
  }

  /** The signed-in viewer. @throws Fault UNAUTHENTICATED for a guest */
  get buyer(): Buyer {
    return { id: requireViewer(this.scope).id, people: this.people, asker: this.scope };
  }

  /** After a write: what this request has read before is read anew. */
  forget(): void {
    this.#loaders = this.#read();
  }

  #read(): Loaders {
    const { calls, products, orders, payments, shipments, refunds } = this.#parts;
    return {
      ...productLoaders(products, this.services.product, this.people),
      ...shopLoaders(this.services.shop, this.people),
      ...orderLoaders(orders, this.services.order, this.scope, calls),
      ...paymentLoaders(payments),
      ...shipmentLoaders(shipments),
      ...refundLoaders(refunds),
    };
  }
}
