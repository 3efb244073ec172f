import { z } from 'zod';
import { defineCall } from '../call-contract.js';

/** Those of the products that are on sale. */
export const existingProducts = defineCall('commerce', 'existingProducts', {
  input: z.object({ productIds: z.array(z.uuid()).max(100) }),
  output: z.object({ productIds: z.array(z.uuid()) }),
});

/** Puts a product on sale in its seller's shop, which is opened if need be. The lever of demos and tests; no public mutation reaches it yet. */
export const offerProduct = defineCall('commerce', 'offerProduct', {
  input: z.object({
    sellerId: z.uuid(),
    shopName: z.string().min(1).max(80),
    title: z.string().min(1).max(120),
    /** ISO 4217, for all variants. */
    currencyCode: z.string().regex(/^[A-Z]{3}$/),
    variants: z
      .array(
        z.object({
          sku: z.string().min(1).max(40),
          title: z.string().min(1).max(120),
          /** In the currency's smallest unit. */
          amountMinor: z.string().regex(/^\d{1,15}$/),
          stock: z.number().int().nonnegative(),
        }),
      )
      .min(1)
      .max(100),
  }),
  output: z.object({ productId: z.uuid() }),
});
