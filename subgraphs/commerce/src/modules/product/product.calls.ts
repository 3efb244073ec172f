import { existingProducts, offerProduct } from '@plaza/calls/contracts/commerce.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { ProductService } from './product.service.js';

export const productCalls = (products: ProductService): readonly CallHandler[] => [
  answer(existingProducts, async ({ productIds }) => ({ productIds: [...(await products.existing(productIds))] })),
  answer(offerProduct, async ({ sellerId, shopName, ...offer }) => ({
    productId: await products.offer(sellerId, shopName, { ...offer, mediaIds: [] }),
  })),
];
